//! `multipart/form-data` (RFC 7578) as one form of ours sends it: a few short fields and one file, all of it in memory already.

/// Parts that a form has at most.
const PARTS_MAX: usize = 20;

/// The fields of a posted form by name, each as bytes; none where it is no such form.
pub(super) fn fields(content_type: &str, body: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters.split(';').find_map(|p| {
        let (name, value) = p.trim().split_once('=')?;
        (name.eq_ignore_ascii_case("boundary")).then(|| value.trim_matches('"'))
    })?;
    if boundary.is_empty() {
        return None;
    }
    let mark = format!("\r\n--{boundary}");
    // The first boundary has no line before it.
    let whole = [b"\r\n", body].concat();
    let mut fields = Vec::new();
    let mut rest = whole.get(find(&whole, mark.as_bytes())? + mark.len()..)?;
    while !rest.starts_with(b"--") && fields.len() < PARTS_MAX {
        let end = find(rest, mark.as_bytes())?;
        let part = rest.get(..end)?;
        let head_end = find(part, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(part.get(..head_end)?).into_owned();
        if let Some(name) = name_of(&head) {
            fields.push((name, part.get(head_end + 4..)?.to_vec()));
        }
        rest = rest.get(end + mark.len()..)?;
    }
    Some(fields)
}

fn name_of(head: &str) -> Option<String> {
    let line = head.lines().find(|l| {
        l.get(..20)
            .is_some_and(|start| start.eq_ignore_ascii_case("content-disposition:"))
    })?;
    line.split(';').find_map(|p| {
        let (name, value) = p.trim().split_once('=')?;
        (name == "name").then(|| value.trim_matches('"').to_owned())
    })
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|w| w == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=----b1";

    fn body(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut out = String::new();
        for (name, value) in parts {
            out.push_str(&format!(
                "------b1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        out.push_str("------b1--\r\n");
        out.into_bytes()
    }

    #[test]
    fn fields_come_as_they_were_sent() {
        let sent = body(&[("token", "t"), ("shown", "a\r\nb "), ("file", "")]);
        let found = fields(TYPE, &sent).unwrap();
        let texts: Vec<(&str, &str)> = found
            .iter()
            .map(|(n, v)| (n.as_str(), std::str::from_utf8(v).unwrap()))
            .collect();
        assert_eq!(texts, [("token", "t"), ("shown", "a\r\nb "), ("file", "")]);
    }

    #[test]
    fn what_is_torn_is_no_form() {
        let sent = body(&[("shown", "x")]);
        for end in 0..sent.len() - 4 {
            assert_eq!(fields(TYPE, &sent[..end]), None, "{end}");
        }
        assert_eq!(fields("application/x-www-form-urlencoded", b"a=b"), None);
        assert_eq!(fields("multipart/form-data", &sent), None);
        assert_eq!(fields("multipart/form-data; boundary=", &sent), None);
        let many = body(&vec![("a", "b"); 50]);
        assert_eq!(fields(TYPE, &many).map(|f| f.len()), Some(PARTS_MAX));
    }
}
