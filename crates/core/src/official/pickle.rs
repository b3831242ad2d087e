//! A reader of the one shape of pickle that was published: a dict of texts to numpy's float64.
//!
//! Nothing is executed: what REDUCE would call is one of two known names or refused. Texts are
//! borrowed from the file, the memo has no gaps and tuples do not nest, so that memory is at most a
//! small multiple of the file's size, which is limited, and nothing recurses.

use std::cmp::Ordering;
use std::rc::Rc;

use super::error::PickleError;
use super::opcodes;
use crate::quote::quote;

/// The published files have 0.1 to 0.2 MB.
const LARGEST: usize = 4 << 20;

/// The longest tuple is that of a dtype's state, with 8 entries.
const LONGEST_TUPLE: usize = 8;

/// What the pickle of `numpy.dtype('f8')` sets: version 3, little-endian, no structure.
const FLOAT64: [Value; 8] = [
    Value::Int(3),
    Value::Text(b"<"),
    Value::None,
    Value::None,
    Value::None,
    Value::Int(-1),
    Value::Int(-1),
    Value::Int(0),
];

/// A key and its number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry<'a> {
    pub key: &'a str,
    pub value: f64,
}

/// The entries in the order of the file; a key may stand twice.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<Entry<'_>>, PickleError> {
    if bytes.len() > LARGEST {
        return Err(PickleError::Large { len: bytes.len(), limit: LARGEST });
    }
    match bytes {
        [0x80, 2..=5, ..] => {}
        [0x80, protocol, ..] => return Err(PickleError::Protocol(*protocol)),
        _ => {
            let begins = String::from_utf8_lossy(&bytes[..bytes.len().min(16)]).into_owned();
            return Err(PickleError::NoPickle(quote(&begins)));
        }
    }
    let mut machine = Machine {
        bytes,
        next: 2,
        opcode: (0, 0),
        stack: Vec::new(),
        memo: Vec::new(),
        entries: None,
    };
    while !machine.step()? {}
    Ok(machine.entries.unwrap_or_default())
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Global {
    Dtype,
    Scalar,
}

#[derive(Debug, Clone, PartialEq)]
enum Value<'a> {
    Mark,
    None,
    Int(i64),
    /// A text of any of the opcodes, or bytes: Python 2 wrote both alike.
    Text(&'a [u8]),
    Global(Global),
    /// numpy.dtype('f8').
    Float64,
    Number(f64),
    Tuple(Rc<[Self]>),
    /// The only dict; its entries are kept apart.
    Dict,
}

struct Machine<'a> {
    bytes: &'a [u8],
    /// The byte that is read next.
    next: usize,
    /// The opcode at work and where it stands.
    opcode: (u8, usize),
    stack: Vec<Value<'a>>,
    memo: Vec<Value<'a>>,
    entries: Option<Vec<Entry<'a>>>,
}

impl<'a> Machine<'a> {
    /// Carries one opcode out; whether it was the last.
    fn step(&mut self) -> Result<bool, PickleError> {
        let Some(&opcode) = self.bytes.get(self.next) else {
            return Err(PickleError::NoEnd { len: self.bytes.len() });
        };
        self.opcode = (opcode, self.next);
        self.next += 1;
        match opcode {
            b'.' => return self.stop(),
            // FRAME tells how much to read ahead: here everything is read already.
            0x95 => _ = self.take(8)?,
            b'(' => self.stack.push(Value::Mark),
            b'N' => self.stack.push(Value::None),
            0x88 | 0x89 => self.stack.push(Value::Int(i64::from(opcode == 0x88))),
            b'K' | b'M' => {
                let int = self.unsigned(if opcode == b'K' { 1 } else { 2 })?;
                self.stack.push(Value::Int(int as i64));
            }
            b'J' => {
                let int = self.unsigned(4)? as u32;
                self.stack.push(Value::Int(i64::from(int.cast_signed())));
            }
            b'C' | b'U' | 0x8c => self.text(1)?,
            b'B' | b'T' | b'X' => self.text(4)?,
            b'}' if self.entries.is_none() => {
                self.entries = Some(Vec::new());
                self.stack.push(Value::Dict);
            }
            b'}' => return Err(self.refuse("one dict is all there may be")),
            b'q' | b'r' => {
                let slot = self.unsigned(if opcode == b'q' { 1 } else { 4 })?;
                self.memoize(slot)?;
            }
            0x94 => self.memoize(self.memo.len())?,
            b'h' | b'j' => {
                let slot = self.unsigned(if opcode == b'h' { 1 } else { 4 })?;
                let value = self.memo.get(slot).cloned();
                let value = value.ok_or_else(|| self.refuse("nothing was put there"))?;
                self.stack.push(value);
            }
            b't' => {
                let items = self.above_mark()?;
                self.tuple(items)?;
            }
            0x85..=0x87 => {
                let count = usize::from(opcode - 0x84);
                let items = (0..count).map(|_| self.pop()).collect::<Result<Vec<_>, _>>()?;
                self.tuple(items.into_iter().rev().collect())?;
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.global(module, name)?;
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Value::Text(module), Value::Text(name)) = (module, name) else {
                    return Err(self.refuse("it needs two texts"));
                };
                self.global(module, name)?;
            }
            b'R' => self.reduce()?,
            b'b' => self.build()?,
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set_items(vec![key, value])?;
            }
            b'u' => {
                let items = self.above_mark()?;
                self.set_items(items)?;
            }
            _ => return Err(self.refuse("a dict of numbers does not need it")),
        }
        Ok(false)
    }

    fn stop(&mut self) -> Result<bool, PickleError> {
        if self.stack != [Value::Dict] {
            return Err(self.refuse("what the file holds must be one dict"));
        }
        if self.next != self.bytes.len() {
            return Err(self.refuse("more bytes follow the end"));
        }
        Ok(true)
    }

    fn reduce(&mut self) -> Result<(), PickleError> {
        let (arguments, callable) = (self.pop()?, self.pop()?);
        let (Value::Tuple(arguments), Value::Global(callable)) = (arguments, callable) else {
            return Err(self.refuse("it needs numpy's dtype or scalar, and a tuple"));
        };
        let value = match (callable, &*arguments) {
            (Global::Dtype, [Value::Text(b"f8"), Value::Int(0), Value::Int(1)]) => Value::Float64,
            (Global::Dtype, _) => {
                return Err(self.refuse("the only dtype is f8, as in dtype('f8', 0, 1)"));
            }
            (Global::Scalar, [Value::Float64, Value::Text(bytes)]) => {
                let bytes = <[u8; 8]>::try_from(*bytes);
                let bytes = bytes.map_err(|_| self.refuse("a float64 has 8 bytes"))?;
                Value::Number(f64::from_le_bytes(bytes))
            }
            (Global::Scalar, _) => {
                return Err(self.refuse("scalar needs a dtype and the bytes of its number"));
            }
        };
        self.stack.push(value);
        Ok(())
    }

    /// The state of a dtype says what is known of it already, so that it need not be changed.
    fn build(&mut self) -> Result<(), PickleError> {
        let state = self.pop()?;
        let told = matches!(&state, Value::Tuple(state) if **state == FLOAT64);
        if !told || self.stack.last() != Some(&Value::Float64) {
            return Err(self.refuse(
                "only a little-endian f8 is built, with the state (3, '<', None, None, None, -1, -1, 0)",
            ));
        }
        Ok(())
    }

    fn set_items(&mut self, items: Vec<Value<'a>>) -> Result<(), PickleError> {
        if self.stack.last() != Some(&Value::Dict) {
            return Err(self.refuse("there is no dict to put items into"));
        }
        let mut entries = Vec::with_capacity(items.len() / 2);
        for item in items.chunks(2) {
            let [Value::Text(key), Value::Number(value)] = item else {
                return Err(self.refuse("the dict's items must be texts with a float64 each"));
            };
            let key = std::str::from_utf8(key);
            let key = key.map_err(|_| self.refuse("a key of the dict is no UTF-8"))?;
            entries.push(Entry { key, value: *value });
        }
        self.entries.get_or_insert_default().append(&mut entries);
        Ok(())
    }

    fn global(&mut self, module: &[u8], name: &[u8]) -> Result<(), PickleError> {
        self.stack.push(Value::Global(match (module, name) {
            (b"numpy", b"dtype") => Global::Dtype,
            // NumPy 2 has moved it.
            (b"numpy.core.multiarray" | b"numpy._core.multiarray", b"scalar") => Global::Scalar,
            _ => {
                let [module, name] = [module, name].map(String::from_utf8_lossy);
                return Err(PickleError::Refused {
                    opcode: format!(
                        "{} {}",
                        opcodes::name(self.opcode.0),
                        quote(&format!("{module}.{name}"))
                    ),
                    at: self.opcode.1,
                    why: "only numpy's dtype and scalar are allowed",
                });
            }
        }));
        Ok(())
    }

    fn memoize(&mut self, slot: usize) -> Result<(), PickleError> {
        let value = match self.stack.last() {
            None | Some(Value::Mark) => return Err(self.refuse("there is nothing to remember")),
            Some(value) => value.clone(),
        };
        match slot.cmp(&self.memo.len()) {
            Ordering::Less => self.memo[slot] = value,
            Ordering::Equal => self.memo.push(value),
            Ordering::Greater => {
                return Err(self.refuse("the memo is filled from 0 on, without gaps"));
            }
        }
        Ok(())
    }

    fn tuple(&mut self, items: Vec<Value<'a>>) -> Result<(), PickleError> {
        let nests = |item: &Value| matches!(item, Value::Tuple(_) | Value::Dict);
        if items.len() > LONGEST_TUPLE || items.iter().any(nests) {
            return Err(self.refuse("tuples have at most 8 entries, none a tuple or a dict"));
        }
        self.stack.push(Value::Tuple(items.into()));
        Ok(())
    }

    fn text(&mut self, width: usize) -> Result<(), PickleError> {
        let length = self.unsigned(width)?;
        let text = self.take(length)?;
        self.stack.push(Value::Text(text));
        Ok(())
    }

    fn pop(&mut self) -> Result<Value<'a>, PickleError> {
        match self.stack.pop() {
            None | Some(Value::Mark) => Err(self.refuse("there is too little on the stack")),
            Some(value) => Ok(value),
        }
    }

    fn above_mark(&mut self) -> Result<Vec<Value<'a>>, PickleError> {
        let mark = self.stack.iter().rposition(|value| *value == Value::Mark);
        let mark = mark.ok_or_else(|| self.refuse("there is no MARK on the stack"))?;
        let items = self.stack.split_off(mark + 1);
        self.stack.pop();
        Ok(items)
    }

    /// A little-endian number of that many bytes (at most 4).
    fn unsigned(&mut self, width: usize) -> Result<usize, PickleError> {
        let bytes = self.take(width)?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    fn line(&mut self) -> Result<&'a [u8], PickleError> {
        let rest = &self.bytes[self.next..];
        let end = rest.iter().position(|byte| *byte == b'\n');
        let line = self.take(end.unwrap_or(rest.len()))?;
        self.take(1)?;
        Ok(line)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], PickleError> {
        let taken = self.bytes[self.next..].get(..count).ok_or_else(|| PickleError::CutShort {
            opcode: opcodes::name(self.opcode.0),
            at: self.opcode.1,
            len: self.bytes.len(),
        })?;
        self.next += count;
        Ok(taken)
    }

    fn refuse(&self, why: &'static str) -> PickleError {
        PickleError::Refused { opcode: opcodes::name(self.opcode.0), at: self.opcode.1, why }
    }
}

#[cfg(test)]
#[path = "pickle_tests.rs"]
mod tests;
