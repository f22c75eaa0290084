//! A made-up X-ray of a truck, as a PNG: what a scan record of the demo attaches.

/// Pixels across and down.
const SIZE: (usize, usize) = (640, 208);
/// Air, as bright as the detector sees it.
const AIR: u8 = 226;

/// The picture's file: 8-bit grey, uncompressed, so that no library is needed for one picture.
pub(crate) fn scan() -> Vec<u8> {
    let (width, height) = SIZE;
    let mut rows = Vec::with_capacity((width + 1) * height);
    for y in 0..height {
        // Filter type 0 begins each row (PNG §9.2).
        rows.push(0);
        rows.extend((0..width).map(|x| shade(x as i32, y as i32)));
    }
    let mut header = Vec::new();
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    header.extend([8, 0, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, b"IHDR", &header);
    chunk(&mut out, b"IDAT", &stored(&rows));
    chunk(&mut out, b"IEND", &[]);
    out
}

/// How much of the beam comes through at a place: thicker is darker.
fn shade(x: i32, y: i32) -> u8 {
    let mut through = i32::from(AIR);
    let inside = |left: i32, top: i32, right: i32, bottom: i32| {
        (left..right).contains(&x) && (top..bottom).contains(&y)
    };
    let wall = |left: i32, top: i32, right: i32, bottom: i32| {
        inside(left, top, right, bottom) && !inside(left + 3, top + 3, right - 3, bottom - 3)
    };
    // Trailer, its floor, two rows of pallets of unlike density.
    if wall(24, 36, 468, 150) {
        through -= 70;
    }
    if inside(24, 144, 468, 152) {
        through -= 60;
    }
    for pallet in 0..9 {
        let left = 36 + pallet * 47;
        if inside(left, 72 + (pallet * 7) % 13, left + 41, 144) {
            through -= 48 + (pallet * 29) % 40 + (x / 6 + y / 9) % 2 * 7;
        }
    }
    // Tractor: cab, engine, tank.
    if wall(486, 54, 566, 160) || wall(560, 104, 622, 160) {
        through -= 80;
    }
    if inside(572, 114, 612, 154) {
        through -= 120;
    }
    if inside(498, 150, 548, 166) {
        through -= 50;
    }
    for (cx, r) in [
        (92, 17),
        (132, 17),
        (384, 17),
        (424, 17),
        (518, 17),
        (594, 17),
    ] {
        let distance = (x - cx) * (x - cx) + (y - 168) * (y - 168);
        if distance < r * r {
            through -= if distance < r * r / 3 { 130 } else { 90 };
        }
    }
    // The detector's own grain.
    through += (x * 31 + y * 17 + x * y % 23) % 7 - 3;
    through.clamp(6, 250) as u8
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
    out.extend((body.len() as u32).to_be_bytes());
    let from = out.len();
    out.extend(name);
    out.extend(body);
    let sum = crc(out.get(from..).unwrap_or_default());
    out.extend(sum.to_be_bytes());
}

/// Bytes as a zlib stream of stored blocks (RFC 1950, RFC 1951 §3.2.4).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = bytes.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

/// PNG §D.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |s, _| {
            if s & 1 == 1 {
                0xedb8_8320 ^ (s >> 1)
            } else {
                s >> 1
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standards() {
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
        assert!(stored(b"Wikipedia").ends_with(&0x11e6_0398_u32.to_be_bytes()));
    }

    #[test]
    fn the_picture_is_whole() {
        let file = scan();
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert!(file.ends_with(&crc(b"IEND").to_be_bytes()));
        assert!(file.len() > SIZE.0 * SIZE.1);
    }
}
