use super::*;

/// A dict with one entry, `a__b` → 0.25, in the opcodes of the published files.
const ONE: &[u8] = b"\x80\x03}q\x00(X\x04\0\0\0a__bq\x01cnumpy.core.multiarray\nscalar\nq\x02\
    cnumpy\ndtype\nq\x03X\x02\0\0\0f8q\x04K\x00K\x01\x87q\x05Rq\x06(K\x03X\x01\0\0\0<q\x07NNN\
    J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x08bC\x08\0\0\0\0\0\0\xd0?q\x09\x86q\x0aRq\x0bu.";

/// Behind PROTO.
fn refused(opcodes: &[u8]) -> String {
    entries(&[b"\x80\x03", opcodes].concat()).unwrap_err().to_string()
}

fn replaced(from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = ONE.windows(from.len()).position(|window| window == from).unwrap();
    [&ONE[..at], to, &ONE[at + from.len()..]].concat()
}

#[test]
fn the_published_opcodes_are_read() {
    assert_eq!(entries(ONE).unwrap(), [Entry { key: "a__b", value: 0.25 }]);
    assert_eq!(entries(b"\x80\x03}.").unwrap(), []);
}

#[test]
fn what_other_pythons_write_for_the_same_dict_is_read_too() {
    // Python 2: texts and bytes are one kind of string, protocol 2.
    let python2 = b"\x80\x02}q\x00U\x04a__bq\x01cnumpy.core.multiarray\nscalar\nq\x02cnumpy\n\
        dtype\nq\x03U\x02f8q\x04K\x00K\x01\x87q\x05Rq\x06(K\x03U\x01<q\x07NNN\
        J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x08bU\x08\0\0\0\0\0\0\xd0?q\x09\x86q\x0aRq\x0bs.";
    assert_eq!(entries(python2).unwrap(), [Entry { key: "a__b", value: 0.25 }]);
    // Protocol 4: frames, short texts, a memo without numbers; NumPy 2 has moved scalar, and
    // writes True and False.
    let python3 = b"\x80\x04\x95\x8a\0\0\0\0\0\0\0}\x94\x8c\x04a__b\x94\x8c\x16\
        numpy._core.multiarray\x94\x8c\x06scalar\x94\x93\x94\x8c\x05numpy\x94\x8c\x05dtype\x94\
        \x93\x94\x8c\x02f8\x94\x89\x88\x87\x94R\x94(K\x03\x8c\x01<\x94NNNJ\xff\xff\xff\xff\
        J\xff\xff\xff\xffK\x00t\x94bC\x08\0\0\0\0\0\0\xd0?\x94\x86\x94R\x94s.";
    assert_eq!(entries(python3).unwrap(), [Entry { key: "a__b", value: 0.25 }]);
}

#[test]
fn a_file_cut_short_anywhere_says_where() {
    for len in 2..ONE.len() {
        let error = entries(&ONE[..len]).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("the file is cut short: it ends at byte {len},")),
            "{error}"
        );
    }
    assert_eq!(
        entries(&ONE[..9]).unwrap_err().to_string(),
        "the file is cut short: it ends at byte 9, within the opcode BINUNICODE of byte 6"
    );
    // A length far beyond the file's end reserves nothing.
    assert!(refused(b"X\xff\xff\xff\xffabc").contains("within the opcode BINUNICODE of byte 2"));
    assert!(refused(b"cnumpy\ndtype").contains("within the opcode GLOBAL of byte 2"));
}

#[test]
fn what_could_execute_something_is_refused_by_name() {
    let system = b"cos\nsystem\n(X\x02\0\0\0lstR.";
    assert_eq!(
        refused(system),
        "opcode GLOBAL os.system at byte 2: only numpy's dtype and scalar are allowed"
    );
    assert_eq!(
        refused(b"\x8c\x08builtins\x8c\x04eval\x93"),
        "opcode STACK_GLOBAL builtins.eval at byte 18: only numpy's dtype and scalar are allowed"
    );
    let cases: [(&[u8], &str); 10] = [
        (b"cnumpy.core.multiarray\n_reconstruct\n", "GLOBAL numpy.core.multiarray._reconstruct"),
        (b"cnumpy\ndtype\x00\n", "GLOBAL numpy.dtype\\u{0}"),
        (b"(ios\nsystem\n", "INST at byte 3"),
        (b"(o", "OBJ at byte 3"),
        (b")\x81", "EMPTY_TUPLE at byte 2"),
        (b"\x82\x01", "EXT1 at byte 2"),
        (b"Pid\n", "PERSID"),
        (b"Q", "BINPERSID"),
        (b"\x80\x03", "PROTO at byte 2"),
        (b"\x07", "0x07 at byte 2"),
    ];
    for (opcodes, expected) in cases {
        let error = refused(opcodes);
        assert!(error.starts_with(&format!("opcode {expected}")), "{error}");
    }
}

#[test]
fn other_shapes_of_the_same_opcodes_are_refused() {
    let cases: [(&[u8], &[u8], &str); 12] = [
        (b"f8", b"i8", "opcode REDUCE at byte 80: the only dtype is f8"),
        (b"f8", b"O8", "the only dtype is f8"),
        (b"<", b">", "only a little-endian f8 is built"),
        (b"C\x08\0\0\0\0\0\0\xd0?", b"C\x04\0\0\xd0?", "a float64 has 8 bytes"),
        (b"X\x04\0\0\0a__b", b"C\x04a\xffb_", "a key of the dict is no UTF-8"),
        (b"X\x04\0\0\0a__b", b"N", "the dict's items must be texts"),
        (b"u.", b".", "what the file holds must be one dict"),
        (b"u.", b"u..", "more bytes follow"),
        (b"u.", b"}.", "one dict is all there may be"),
        (b"q\x09", b"q\x0a", "the memo is filled from 0 on"),
        (b"q\x09", b"h\x0a", "nothing was put there"),
        (b"\x86", b"\x87", "opcode REDUCE at byte 128: it needs numpy"),
    ];
    for (from, to, expected) in cases {
        let error = entries(&replaced(from, to)).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    let stacks: [(&[u8], &str); 7] = [
        (b"q\x00", "nothing to remember"),
        (b"(q\x00", "nothing to remember"),
        (b"t", "no MARK"),
        (b"R", "too little on the stack"),
        (b"(NNR", "numpy's dtype or scalar"),
        (b"(NNNNNNNNNt", "at most 8 entries"),
        (b"(NtN\x86", "none a tuple"),
    ];
    for (opcodes, expected) in stacks {
        let error = refused(opcodes);
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn other_files_are_told_apart() {
    let beginning = |bytes| entries(bytes).unwrap_err().to_string();
    assert_eq!(beginning(b""), "this is no pickle of protocol 2 or later, it begins with ``");
    assert!(beginning(b"version https://example.org\n").contains("begins with `version https://`"));
    assert!(beginning(b"\x80\x06}.").contains("protocol 6: protocols 2 to 5 can be read"));
    let large = vec![b'N'; LARGEST + 1];
    assert!(beginning(&large).starts_with("4194305 bytes are too many"));
}

#[test]
fn the_hostile_end_where_the_honest_do() {
    // Tuples of tuples from the memo would double with every two bytes.
    let bomb = [b"(t\x94".to_vec(), b"h\x00h\x00\x86\x94".repeat(1000)].concat();
    assert!(refused(&bomb).contains("none a tuple"));
    // As deep as the file is long.
    let marks = b"(".repeat(LARGEST - 2);
    assert!(refused(&marks).contains("without the opcode STOP"));
    let nones = [b"(".to_vec(), b"N".repeat(LARGEST - 4), b"t".to_vec()].concat();
    assert!(refused(&nones).contains("at most 8 entries"));
}
