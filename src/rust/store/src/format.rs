//! Columns as Parquet, and back.
//!
//! | type | in the file |
//! |---|---|
//! | yes or no | BOOLEAN |
//! | 32 bits, 64 bits | INT64 |
//! | number | DOUBLE |
//! | text | `BYTE_ARRAY`, String |
//! | moment | INT64, Timestamp, microseconds, adjusted to UTC |
//! | day | INT32, Date |
//!
//! Whole numbers are of one width, since Spark and Arrow refuse a table whose files
//! differ: the ids of one account may be longer than those of another.
//!
//! Every column may have missing cells. The columns as this crate names them are in
//! the file's metadata, under [`COLUMNS`].

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, ColumnWriterImpl};
use parquet::data_type::{ByteArray, ByteArrayType, DataType};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type as Node};

use crate::column::{Column, Texts, Type, Values};
use crate::error::Error;
use crate::field::Field;
use crate::fs::{Fs, Output};
use crate::rows::Rows;
use crate::schema::Schema;

/// The name of the columns in a file's metadata.
const COLUMNS: &str = "amocrm:columns";
/// A row group has at most so many rows ...
const GROUP_ROWS: usize = 100_000;
/// ... and is closed once its cells take so much memory.
const GROUP_BYTES: usize = 32 << 20;
/// A row group of so many rows can be taken over from another file as it is.
const MANY_ROWS: usize = 3_000;
/// A dictionary of numbers is given up when it is larger: they are ids then, or
/// times, and take less space as differences.
const NUMBERS_LIMIT: usize = 32 << 10;
/// So many texts at once are handed to the Parquet library, or got from it: each
/// takes 32 bytes there.
const TEXTS: usize = 8192;

type Group<'a> = SerializedRowGroupWriter<'a, Box<dyn Output>>;

/// Writes a file, row group by row group.
pub struct Writer {
    path: PathBuf,
    file: SerializedFileWriter<Box<dyn Output>>,
    schema: Schema,
    pending: Rows,
    rows: usize,
}

impl Writer {
    /// Begins a file of the copy.
    pub fn create(fs: &dyn Fs, path: &Path, schema: &Schema) -> Result<Writer, Error> {
        Writer::create_as(fs, path, schema, lasting(schema))
    }

    /// Begins a file that waits for the commit, of so many rows. Few are written in the
    /// quickest way, as they are written anew; many are [taken over](Writer::take_over).
    pub fn create_staged(
        fs: &dyn Fs,
        path: &Path,
        schema: &Schema,
        rows: usize,
    ) -> Result<Writer, Error> {
        let properties = if rows < MANY_ROWS { passing(schema) } else { lasting(schema) };
        Writer::create_as(fs, path, schema, properties)
    }

    fn create_as(
        fs: &dyn Fs,
        path: &Path,
        schema: &Schema,
        properties: WriterProperties,
    ) -> Result<Writer, Error> {
        let output = fs.create(path).map_err(|error| Error::io(path, error))?;
        let open = || {
            let root = Arc::new(root(schema)?);
            SerializedFileWriter::new(output, root, Arc::new(properties))
        };
        let file = open().map_err(|error| Error::parquet(path, error))?;
        let pending = schema.conform(Rows::default());
        Ok(Writer { path: path.to_owned(), file, schema: schema.clone(), pending, rows: 0 })
    }

    /// Adds rows, whatever columns of the schema they have.
    pub fn write(&mut self, rows: Rows) -> Result<(), Error> {
        self.pending.extend(&self.schema.conform(rows));
        if self.pending.count() >= GROUP_ROWS || self.pending.bytes() >= GROUP_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Takes a row group over as it is, neither decoded nor encoded anew: half of the time
    /// of a commit. False, and nothing is done, if it has few rows, or other columns than
    /// those of the schema.
    pub fn take_over(&mut self, reader: &Reader, group: usize) -> Result<bool, Error> {
        let rows = reader.group_rows(group);
        let places = self.schema.places_in(reader.schema());
        let Some(places) = places.filter(|_| rows >= MANY_ROWS) else { return Ok(false) };
        take_group(&mut self.file, reader, group, &self.schema, &places)
            .map_err(|error| Error::parquet(&self.path, error))?;
        self.rows += rows;
        Ok(true)
    }

    /// Ends the file. How many rows it has.
    pub fn finish(self) -> Result<usize, Error> {
        self.end().map(|(rows, _)| rows)
    }

    /// Ends the file and flushes it to the disk. How many rows it has.
    pub fn finish_safely(self) -> Result<usize, Error> {
        let path = self.path.clone();
        let (rows, mut output) = self.end()?;
        output.sync().map_err(|error| Error::io(&path, error))?;
        Ok(rows)
    }

    fn end(mut self) -> Result<(usize, Box<dyn Output>), Error> {
        if self.pending.count() > 0 {
            self.flush()?;
        }
        let output = self.file.into_inner();
        Ok((self.rows, output.map_err(|error| Error::parquet(&self.path, error))?))
    }

    fn flush(&mut self) -> Result<(), Error> {
        let empty = self.schema.conform(Rows::default());
        let rows = std::mem::replace(&mut self.pending, empty);
        self.rows += rows.count();
        write_group(&mut self.file, rows).map_err(|error| Error::parquet(&self.path, error))
    }
}

fn write_group(file: &mut SerializedFileWriter<Box<dyn Output>>, rows: Rows) -> Result<()> {
    let mut group = file.next_row_group()?;
    for column in rows.into_columns() {
        write_column(&mut group, &column)?;
    }
    group.close()?;
    Ok(())
}

fn write_column(group: &mut Group<'_>, column: &Column) -> Result<()> {
    let levels: Vec<i16> = column.present.iter().map(|present| (*present).into()).collect();
    let Some(mut writer) = group.next_column()? else { return Ok(()) };
    match (writer.untyped(), &column.values) {
        (ColumnWriter::BoolColumnWriter(writer), Values::Bool(values)) => {
            writer.write_batch(values, Some(&levels), None)?
        }
        (ColumnWriter::Int32ColumnWriter(writer), Values::Date(values)) => {
            writer.write_batch(values, Some(&levels), None)?
        }
        (ColumnWriter::Int64ColumnWriter(writer), Values::Int32(values)) => {
            let values: Vec<i64> = values.iter().map(|value| i64::from(*value)).collect();
            writer.write_batch(&values, Some(&levels), None)?
        }
        (ColumnWriter::Int64ColumnWriter(writer), Values::Int64(values) | Values::Time(values)) => {
            writer.write_batch(values, Some(&levels), None)?
        }
        (ColumnWriter::DoubleColumnWriter(writer), Values::Double(values)) => {
            writer.write_batch(values, Some(&levels), None)?
        }
        (ColumnWriter::ByteArrayColumnWriter(writer), Values::Text(texts)) => {
            write_texts(writer, texts, &levels)?
        }
        _ => return Err(ParquetError::General("a column of another type".to_owned())),
    };
    writer.close()
}

/// Copies the bytes of a row group's columns, in the order of the schema. `places` tells
/// where each is; None is a column without cells.
fn take_group(
    file: &mut SerializedFileWriter<Box<dyn Output>>,
    reader: &Reader,
    group: usize,
    schema: &Schema,
    places: &[Option<usize>],
) -> Result<()> {
    let old = reader.file.metadata().row_group(group);
    let mut new = file.next_row_group()?;
    for (field, place) in schema.fields.iter().zip(places) {
        let Some(place) = place else {
            write_column(&mut new, &Column::missing(&field.name, field.of, count(old.num_rows())))?;
            continue;
        };
        let column = old.column(*place);
        new.append_column(
            &reader.bytes,
            ColumnCloseResult {
                bytes_written: u64::try_from(column.compressed_size()).unwrap_or_default(),
                rows_written: u64::try_from(old.num_rows()).unwrap_or_default(),
                metadata: column.clone(),
                bloom_filter: None,
                column_index: None,
                offset_index: None,
            },
        )?;
    }
    new.close()?;
    Ok(())
}

fn write_texts(
    writer: &mut ColumnWriterImpl<'_, ByteArrayType>,
    texts: &Texts,
    levels: &[i16],
) -> Result<usize> {
    let mut texts = texts.iter();
    let mut written = 0;
    for levels in levels.chunks(TEXTS) {
        let count = levels.iter().filter(|level| **level == 1).count();
        let chunk: Vec<&str> = texts.by_ref().take(count).collect();
        // One piece of memory for all of them.
        let whole = Bytes::from(chunk.concat());
        let mut start = 0;
        let values: Vec<ByteArray> = chunk
            .iter()
            .map(|text| {
                let end = start + text.len();
                ByteArray::from(whole.slice(std::mem::replace(&mut start, end)..end))
            })
            .collect();
        written += writer.write_batch(&values, Some(levels), None)?;
    }
    Ok(written)
}

fn root(schema: &Schema) -> Result<Node> {
    let fields: Result<_> = schema.fields.iter().map(|field| Ok(Arc::new(node(field)?))).collect();
    Node::group_type_builder("schema").with_fields(fields?).build()
}

fn node(field: &Field) -> Result<Node> {
    let (physical, logical) = match field.of {
        Type::Bool => (Physical::BOOLEAN, None),
        Type::Int32 | Type::Int64 => (Physical::INT64, None),
        Type::Double => (Physical::DOUBLE, None),
        Type::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Type::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        Type::Date => (Physical::INT32, Some(LogicalType::Date)),
    };
    Node::primitive_type_builder(&field.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

/// What all files have.
fn properties(schema: &Schema) -> WriterPropertiesBuilder {
    let columns = serde_json::to_string(schema).unwrap_or_default();
    WriterProperties::builder()
        .set_created_by(concat!("amocrm ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_offset_index_disabled(true)
        .set_max_row_group_row_count(None)
        .set_key_value_metadata(Some(vec![KeyValue::new(COLUMNS.to_owned(), columns)]))
}

/// Quick to write and to read again.
fn passing(schema: &Schema) -> WriterProperties {
    properties(schema)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_dictionary_enabled(false)
        .build()
}

/// Small, and quick to search.
fn lasting(schema: &Schema) -> WriterProperties {
    let mut properties = properties(schema)
        // gzip makes files a quarter smaller, and a first read an eighth longer.
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk);
    for field in &schema.fields {
        if matches!(field.of, Type::Int32 | Type::Int64 | Type::Time | Type::Date) {
            let path = ColumnPath::new(vec![field.name.clone()]);
            properties = properties
                .set_column_dictionary_page_size_limit(path.clone(), NUMBERS_LIMIT)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
    }
    properties.build()
}

/// Reads a file, row group by row group.
pub struct Reader {
    path: PathBuf,
    file: SerializedFileReader<File>,
    bytes: File,
    schema: Schema,
}

impl Reader {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Reader, Error> {
        Reader::of(path, File::open(path).map_err(|error| Error::io(path, error))?)
    }

    /// Reads an open file.
    pub fn of(path: &Path, file: File) -> Result<Reader, Error> {
        let bytes = file.try_clone().map_err(|error| Error::io(path, error))?;
        let file = SerializedFileReader::new(file).map_err(|error| Error::parquet(path, error))?;
        let metadata = file.metadata().file_metadata();
        let columns = metadata.key_value_metadata().into_iter().flatten();
        let columns =
            columns.filter(|item| item.key == COLUMNS).find_map(|item| item.value.as_ref());
        let columns = columns.ok_or_else(|| Error::damaged(path, "it names no columns"))?;
        let schema: Schema =
            serde_json::from_str(columns).map_err(|error| Error::damaged(path, error))?;
        if schema.fields.len() != metadata.schema_descr().num_columns() {
            return Err(Error::damaged(path, "it has other columns than it names"));
        }
        Ok(Reader { path: path.to_owned(), file, bytes, schema })
    }

    /// An error that names the file.
    pub fn damaged(&self, detail: &str) -> Error {
        Error::damaged(&self.path, detail)
    }

    /// The columns of the file.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.file.metadata().row_groups().iter().map(|group| count(group.num_rows())).sum()
    }

    /// How many row groups it has.
    pub fn groups(&self) -> usize {
        self.file.num_row_groups()
    }

    /// How many rows a row group has.
    pub fn group_rows(&self, group: usize) -> usize {
        count(self.file.metadata().row_group(group).num_rows())
    }

    /// Whether a column of whole numbers is within R's integers, without reading it.
    pub fn fits_32_bits(&self, column: usize) -> bool {
        self.file.metadata().row_groups().iter().all(|group| {
            match group.column(column).statistics() {
                Some(Statistics::Int64(range)) => {
                    let fits = |end: Option<&i64>| {
                        end.is_none_or(|end| end.unsigned_abs() <= i32::MAX.unsigned_abs().into())
                    };
                    fits(range.min_opt()) && fits(range.max_opt())
                }
                Some(Statistics::Int32(_)) => true,
                _ => false,
            }
        })
    }

    /// The rows of a row group, with the columns at these places.
    pub fn read(&self, group: usize, columns: &[usize]) -> Result<Rows, Error> {
        let read = || {
            let group = self.file.get_row_group(group)?;
            let rows = count(group.metadata().num_rows());
            let columns = columns.iter().map(|place| {
                let reader = group.get_column_reader(*place)?;
                read_column(reader, &self.schema.fields[*place], rows)
            });
            Ok(Rows::of(rows, columns.collect::<Result<_>>()?))
        };
        read().map_err(|error| Error::parquet(&self.path, error))
    }
}

fn count(rows: i64) -> usize {
    usize::try_from(rows).unwrap_or_default()
}

fn read_column(reader: ColumnReader, field: &Field, rows: usize) -> Result<Column> {
    let mut levels = Vec::with_capacity(rows);
    let all = &mut levels;
    let values = match (reader, field.of) {
        (ColumnReader::BoolColumnReader(reader), Type::Bool) => {
            Values::Bool(read_values(reader, rows, all)?)
        }
        (ColumnReader::Int64ColumnReader(reader), Type::Int32) => {
            let values = read_values(reader, rows, all)?.into_iter().map(i32::try_from);
            let values = values.collect::<std::result::Result<_, _>>();
            Values::Int32(values.map_err(|error| ParquetError::External(Box::new(error)))?)
        }
        (ColumnReader::Int32ColumnReader(reader), Type::Date) => {
            Values::Date(read_values(reader, rows, all)?)
        }
        (ColumnReader::Int64ColumnReader(reader), Type::Int64) => {
            Values::Int64(read_values(reader, rows, all)?)
        }
        (ColumnReader::Int64ColumnReader(reader), Type::Time) => {
            Values::Time(read_values(reader, rows, all)?)
        }
        (ColumnReader::DoubleColumnReader(reader), Type::Double) => {
            Values::Double(read_values(reader, rows, all)?)
        }
        (ColumnReader::ByteArrayColumnReader(reader), Type::Text) => {
            Values::Text(read_texts(reader, rows, all)?)
        }
        _ => return Err(ParquetError::General(format!("{} is of another type", field.name))),
    };
    let present: Vec<bool> = levels.into_iter().map(|level| level == 1).collect();
    let column =
        if present.len() == rows { Column::new(&field.name, present, values) } else { None };
    let column = column.ok_or_else(|| ParquetError::General(format!("{} is short", field.name)))?;
    Ok(column.in_zone(&field.zone))
}

fn read_values<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
) -> Result<Vec<T::T>> {
    let mut values = Vec::new();
    reader.read_records(rows, Some(levels), None, &mut values)?;
    Ok(values)
}

fn read_texts(
    mut reader: ColumnReaderImpl<ByteArrayType>,
    rows: usize,
    levels: &mut Vec<i16>,
) -> Result<Texts> {
    let mut texts = Texts::default();
    let mut chunk = Vec::new();
    while levels.len() < rows {
        chunk.clear();
        let (read, ..) = reader.read_records(TEXTS, Some(levels), None, &mut chunk)?;
        if read == 0 {
            break;
        }
        for text in &chunk {
            texts.push(text.as_utf8()?);
        }
    }
    Ok(texts)
}
