//! A reader of protobuf as slow and plain as the specification of its wire; what the fields mean is the caller's.

/// One field of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Field<'a> {
    pub(crate) fn number(self) -> u64 {
        match self {
            Self::Number(number) => number,
            Self::Bytes(bytes) => panic!("{bytes:?} is no number"),
        }
    }

    pub(crate) fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Number(number) => panic!("{number} is no bytes"),
        }
    }

    pub(crate) fn text(self) -> String {
        String::from_utf8(self.bytes().to_vec()).unwrap()
    }

    /// A `sint32` or `sint64`.
    pub(crate) fn signed(self) -> i64 {
        let number = self.number();
        i64::try_from(number >> 1).unwrap() ^ -i64::from(number & 1 == 1)
    }
}

/// The fields of a message with their numbers, in their order.
pub(crate) fn fields(message: &[u8]) -> Vec<(u64, Field<'_>)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < message.len() {
        let key = varint(message, &mut at);
        let long = match key & 7 {
            0 => {
                found.push((key >> 3, Field::Number(varint(message, &mut at))));
                continue;
            }
            1 => 8,
            2 => usize::try_from(varint(message, &mut at)).unwrap(),
            5 => 4,
            other => panic!("wire type {other}"),
        };
        found.push((key >> 3, Field::Bytes(&message[at..at + long])));
        at += long;
    }
    found
}

/// Every field of one number.
pub(crate) fn every(message: &[u8], number: u64) -> Vec<Field<'_>> {
    fields(message).into_iter().filter(|(known, _)| *known == number).map(|(_, field)| field).collect()
}

/// The last field of one number, which is the one that counts.
pub(crate) fn last(message: &[u8], number: u64) -> Option<Field<'_>> {
    every(message, number).pop()
}

fn varint(message: &[u8], at: &mut usize) -> u64 {
    let (mut number, mut shift) = (0_u64, 0);
    loop {
        let byte = message[*at];
        *at += 1;
        number |= u64::from(byte & 0x7F) << shift;
        shift += 7;
        if byte < 0x80 {
            return number;
        }
    }
}
