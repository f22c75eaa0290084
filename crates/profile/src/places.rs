//! Distances between places on the earth.

use crate::expr_value::{Decimal, Val};

/// Mean radius of the earth in km (GRS 80).
const RADIUS_KM: f64 = 6_371.008_8;

/// Great-circle distance in km with three decimals, between two places in degrees.
///
/// Sine and arc are our own series over plain arithmetic: a library's differ from machine to machine in the last place, and two nodes
/// must judge a record the same.
pub(crate) fn distance(lat_a: &Val, lon_a: &Val, lat_b: &Val, lon_b: &Val) -> Val {
    let degrees = |v: &Val, most: f64| -> Option<f64> {
        let d: f64 = v.as_decimal()?.to_string().parse().ok()?;
        (d.abs() <= most).then_some(d)
    };
    let (Some(lat_a), Some(lon_a), Some(lat_b), Some(lon_b)) = (
        degrees(lat_a, 90.0),
        degrees(lon_a, 180.0),
        degrees(lat_b, 90.0),
        degrees(lon_b, 180.0),
    ) else {
        return Val::unknown("not two places in degrees");
    };
    let half = |d: f64| {
        let s = sine(d / 2.0);
        s * s
    };
    // The haversine formula; the cosine of a latitude is the sine of what lacks to a right angle.
    let a = half(lat_b - lat_a)
        + sine(90.0 - lat_a.abs()) * sine(90.0 - lat_b.abs()) * half(lon_b - lon_a);
    let a = a.clamp(0.0, 1.0);
    let km = 2.0 * RADIUS_KM * arc(a.sqrt(), (1.0 - a).sqrt());
    Decimal::parse(&format!("{km:.3}")).map_or_else(|| Val::unknown("no distance"), Val::Dec)
}

/// The sine of an angle in degrees, -360 to 360.
fn sine(degrees: f64) -> f64 {
    // Brought between -90 and 90, where the series is short.
    let mut d = degrees % 360.0;
    if d > 180.0 {
        d -= 360.0;
    } else if d < -180.0 {
        d += 360.0;
    }
    if d > 90.0 {
        d = 180.0 - d;
    } else if d < -90.0 {
        d = -180.0 - d;
    }
    let x = d * std::f64::consts::PI / 180.0;
    let (mut term, mut sum) = (x, x);
    for n in 1..14 {
        let k = f64::from(2 * n);
        term *= -x * x / (k * (k + 1.0));
        sum += term;
    }
    sum
}

/// The angle of the first quadrant whose sine and cosine stand as `y` to `x`.
fn arc(y: f64, x: f64) -> f64 {
    if y > x {
        return std::f64::consts::FRAC_PI_2 - arc(x, y);
    }
    if x == 0.0 {
        return 0.0;
    }
    // Halved until the series is short: arc(t) = 2 arc(t / (1 + √(1 + t²))).
    let mut t = y / x;
    for _ in 0..3 {
        t /= 1.0 + (1.0 + t * t).sqrt();
    }
    let (mut power, mut sum) = (t, t);
    for n in 1..14 {
        power *= -t * t;
        sum += power / f64::from(2 * n + 1);
    }
    8.0 * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn km(a: (&str, &str), b: (&str, &str)) -> f64 {
        let d = distance(
            &Val::str(a.0),
            &Val::str(a.1),
            &Val::str(b.0),
            &Val::str(b.1),
        );
        d.to_string().parse().unwrap()
    }

    #[test]
    fn great_circles_are_those_of_the_library_to_the_metre() {
        let places = [
            ("27.5036", "-99.5076"),
            ("25.6866", "-100.3161"),
            ("-33.8688", "151.2093"),
            ("89.9", "10"),
            ("0", "179.5"),
            ("0", "-179.5"),
            ("27.5036", "-99.5077"),
        ];
        for a in places {
            for b in places {
                let rad = |t: &str| t.parse::<f64>().unwrap().to_radians();
                let (la, lo, lb, mo) = (rad(a.0), rad(a.1), rad(b.0), rad(b.1));
                let h = ((lb - la) / 2.0).sin().powi(2)
                    + la.cos() * lb.cos() * ((mo - lo) / 2.0).sin().powi(2);
                let wanted = 2.0 * RADIUS_KM * h.sqrt().min(1.0).asin();
                assert!((km(a, b) - wanted).abs() < 0.001, "{a:?} {b:?}");
            }
        }
        // Laredo to Monterrey is some 217 km as the crow flies; no place is a degree off the pole.
        assert!((km(places[0], places[1]) - 217.0).abs() < 2.0);
        assert!(distance(&Val::str("91"), &Val::Int(0), &Val::Int(0), &Val::Int(0)).is_unknown());
    }
}
