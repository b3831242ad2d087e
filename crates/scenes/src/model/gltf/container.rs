//! GLB: the text and the binary part of a glTF file in one. Taken apart here, for the crate panics
//! where the header gives a length below its own.

/// Length of the header of the file, and of each part.
const HEADER: usize = 12;
const PART: usize = 8;

/// The text of a glTF or GLB file, and the binary part if there is one; why not, for people.
pub(super) fn split(bytes: &[u8]) -> Result<(&[u8], Option<&[u8]>), String> {
    if !bytes.starts_with(b"glTF") {
        return Ok((bytes, None));
    }
    let number = |at: usize| {
        let four = bytes.get(at..).and_then(|rest| rest.first_chunk());
        four.map(|&four| u32::from_le_bytes(four) as usize)
    };
    match number(4) {
        Some(2) => {}
        Some(version) => return Err(format!("GLB of version {version}: version 2 is read")),
        None => return Err("the header is cut off".to_owned()),
    }
    let part = |at: usize, kind: &[u8]| {
        let (from, length) = (at.checked_add(PART)?, number(at)?);
        let is_it = bytes.get(at + 4..from)? == kind;
        bytes.get(from..from.checked_add(length)?).filter(|_| is_it)
    };
    let text = part(HEADER, b"JSON").ok_or("the part with the text is not there or cut off")?;
    let next = HEADER + PART + text.len();
    if next >= bytes.len() {
        return Ok((text, None));
    }
    let binary = part(next, b"BIN\0").ok_or("the binary part is cut off, or something else")?;
    Ok((text, Some(binary)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glb(parts: &[(&[u8], &[u8])]) -> Vec<u8> {
        let mut bytes = b"glTF\x02\0\0\0\0\0\0\0".to_vec();
        for (kind, data) in parts {
            bytes.extend((data.len() as u32).to_le_bytes());
            bytes.extend(*kind);
            bytes.extend(*data);
        }
        bytes
    }

    #[test]
    fn parts_come_out_as_they_went_in_or_not_at_all() {
        let whole = glb(&[(b"JSON", b"{}  "), (b"BIN\0", b"1234")]);
        assert_eq!(split(&whole).unwrap(), (&b"{}  "[..], Some(&b"1234"[..])));
        assert_eq!(split(&glb(&[(b"JSON", b"{}  ")])).unwrap(), (&b"{}  "[..], None));
        assert_eq!(split(b"{}").unwrap(), (&b"{}"[..], None));
        // Cut off between the parts the file is whole again.
        for length in (4..whole.len()).filter(|&length| length != 24) {
            assert!(split(&whole[..length]).is_err(), "{length} bytes");
        }
        assert!(split(&glb(&[(b"BIN\0", b"1234")])).is_err());
        assert!(split(b"glTF\x01\0\0\0\x0c\0\0\0").unwrap_err().contains("version 1"));
    }
}
