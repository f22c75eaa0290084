//! Workbooks made part by part, right and wrong, with parts as they are: for what breaks a reader of them.

/// Stored parts, sizes in the table of contents as told.
pub(crate) fn container(parts: &[(&str, Vec<u8>, Option<u32>)]) -> Vec<u8> {
    let (mut out, mut central) = (Vec::new(), Vec::new());
    for (name, part, claimed) in parts {
        let at = u32::try_from(out.len()).unwrap();
        let size = u32::try_from(part.len()).unwrap();
        let mut common = vec![
            20,
            0,
            0,
            0,
            if claimed.is_some() { 8 } else { 0 },
            0,
            0,
            0,
            0x21,
            0,
        ];
        common.extend_from_slice(&crc(part).to_le_bytes());
        common.extend_from_slice(&size.to_le_bytes());
        common.extend_from_slice(&claimed.unwrap_or(size).to_le_bytes());
        common.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend_from_slice(&[0, 0]);
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&common);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(part);
        central.extend_from_slice(b"PK\x01\x02\x14\x00");
        central.extend_from_slice(&common);
        central.extend_from_slice(&[0; 10]);
        central.extend_from_slice(&at.to_le_bytes());
        central.extend_from_slice(name.as_bytes());
    }
    let (start, length) = (
        u32::try_from(out.len()).unwrap(),
        u32::try_from(central.len()).unwrap(),
    );
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    out.extend_from_slice(&central);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count);
    out.extend_from_slice(&count);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}

/// A workbook with that sheet.
pub(crate) fn workbook(sheet: &str) -> Vec<u8> {
    let part = |text: &str| text.as_bytes().to_vec();
    container(&[
        (
            "xl/workbook.xml",
            part(
                "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" r:id=\"rId1\"/></sheets></workbook>",
            ),
            None,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            part(
                "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
            ),
            None,
        ),
        ("xl/worksheets/sheet1.xml", part(sheet), None),
    ])
}
