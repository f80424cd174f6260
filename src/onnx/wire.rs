//! Protocol buffers' wire format over what can be read and sought: fields one by one, contents only on request. Knows no
//! messages. <https://protobuf.dev/programming-guides/encoding/>

use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};

use super::OnnxError;

/// A position in a message.
pub(super) struct Wire<R> {
    source: BufReader<R>,
    at: u64,
    len: u64,
}

/// Bytes of the source, end exclusive, known to lie inside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: u64,
    pub(super) end: u64,
}

/// One field's number and what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) number: u64,
    pub(super) value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// Integers and truth values.
    Varint(u64),
    /// Four or eight bytes, passed over.
    Fixed,
    /// A text, bytes or a message: not read yet.
    Bytes(Range),
}

impl<R: Read + Seek> Wire<R> {
    pub(super) fn new(mut source: R) -> Result<Self, OnnxError> {
        let len = source.seek(SeekFrom::End(0)).map_err(OnnxError::Io)?;
        source.seek(SeekFrom::Start(0)).map_err(OnnxError::Io)?;
        Ok(Self { source: BufReader::with_capacity(16 << 10, source), at: 0, len })
    }

    /// All of the source.
    pub(super) fn whole(&self) -> Range {
        Range { start: 0, end: self.len }
    }

    /// Hands each field of a message to `each`, which may read what the field holds; afterwards the next field follows
    /// wherever it left off.
    pub(super) fn fields(
        &mut self,
        message: Range,
        mut each: impl FnMut(&mut Self, Field) -> Result<(), OnnxError>,
    ) -> Result<(), OnnxError> {
        self.go(message.start)?;
        while self.at < message.end {
            let field = self.field(message.end)?;
            let next = match field.value {
                Value::Bytes(range) => range.end,
                Value::Varint(_) | Value::Fixed => self.at,
            };
            each(self, field)?;
            self.go(next)?;
        }
        Ok(())
    }

    /// A text of at most `limit` bytes.
    pub(super) fn text(&mut self, range: Range, limit: u64) -> Result<String, OnnxError> {
        let len = range.end.saturating_sub(range.start);
        if len > limit {
            return Err(OnnxError::TooLarge("a name of too many bytes", limit));
        }
        self.go(range.start)?;
        let mut bytes = vec![0; len as usize];
        self.source.read_exact(&mut bytes).map_err(|e| self.failed(e))?;
        self.at = range.end;
        String::from_utf8(bytes).map_err(|_| OnnxError::Malformed(range.start, "a name is not UTF-8"))
    }

    fn field(&mut self, end: u64) -> Result<Field, OnnxError> {
        let at = self.at;
        let key = self.varint(end)?;
        let (number, wire_type) = (key >> 3, key & 7);
        if number == 0 || number >= 1 << 29 {
            return Err(OnnxError::Malformed(at, "no field has this number"));
        }
        let value = match wire_type {
            0 => Value::Varint(self.varint(end)?),
            1 => self.fixed(8, end)?,
            2 => {
                let len = self.varint(end)?;
                let start = self.at;
                let stop = start.checked_add(len).filter(|stop| *stop <= end).ok_or(OnnxError::Truncated(start))?;
                Value::Bytes(Range { start, end: stop })
            }
            5 => self.fixed(4, end)?,
            _ => return Err(OnnxError::Malformed(at, "no field is encoded like this")),
        };
        Ok(Field { number, value })
    }

    fn fixed(&mut self, len: u64, end: u64) -> Result<Value, OnnxError> {
        let stop = self.at.saturating_add(len);
        if stop > end {
            return Err(OnnxError::Truncated(self.at));
        }
        self.go(stop)?;
        Ok(Value::Fixed)
    }

    fn varint(&mut self, end: u64) -> Result<u64, OnnxError> {
        let start = self.at;
        let mut value: u64 = 0;
        for shift in (0..70).step_by(7) {
            if self.at >= end {
                return Err(OnnxError::Truncated(start));
            }
            let mut byte = [0];
            self.source.read_exact(&mut byte).map_err(|e| self.failed(e))?;
            self.at += 1;
            let [byte] = byte;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(OnnxError::Malformed(start, "a number has more than 64 bits"))
    }

    fn go(&mut self, to: u64) -> Result<(), OnnxError> {
        if to != self.at {
            // Positions lie inside of the source, whose length is an i64 for every file system.
            let by = to as i64 - self.at as i64;
            self.source.seek_relative(by).map_err(OnnxError::Io)?;
            self.at = to;
        }
        Ok(())
    }

    /// A file that shrinks while it is read ends too early.
    fn failed(&self, error: std::io::Error) -> OnnxError {
        if error.kind() == ErrorKind::UnexpectedEof { OnnxError::Truncated(self.at) } else { OnnxError::Io(error) }
    }
}
