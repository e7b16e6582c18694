//! What both APIs share: the account as they show it, how parameters are read
//! and how replies are spelt. May use the data; knows nothing of the server.

pub mod app;
pub mod json;
pub mod presence;
pub mod query;
pub mod recorded;
pub mod reply;
