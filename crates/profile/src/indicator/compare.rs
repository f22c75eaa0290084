//! What difference a column makes: an indicator's groups, set against each other where they agree in all else.
//!
//! Members cross at other ports and hours than others do, so the plain difference of two rates tells where they cross, not what
//! membership does. Each stratum (a port in a month) is therefore compared within itself, and the differences are averaged, each
//! weighted by `n1 n0 / (n1 + n0)`: Mantel and Haenszel's weights for a difference of proportions, which hold up where strata are
//! small. Variance of a proportion is binomial within each group (Greenland and Robins 1985, as is usual); that of a median is taken
//! from its quartiles, as if the middle of the group were normal: 1.2533 times (high - low) / 1.349, over the root of n.

/// Two-sided 95 % of a normal distribution.
const Z: f64 = 1.959_964;
/// Standard error of a median over that of a mean, of normal values: the root of pi / 2.
const MEDIAN_OVER_MEAN: f64 = 1.253_314;
/// Quartiles of a normal distribution lie so many standard deviations apart.
const QUARTILES_APART: f64 = 1.348_98;

/// A group of an indicator as a comparison needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Values of all other dimensions: what it must share with what it is compared with.
    pub stratum: Vec<String>,
    /// Whether it is a group of those compared (members), or of the others.
    pub with: bool,
    /// Rows in it.
    pub rows: f64,
    /// What was measured of it; in points of 100 for a share in percent.
    pub value: f64,
    /// How uncertain that is, as a variance in the value's unit squared; see [`variance_of_share`], [`variance_of_median`].
    pub variance: f64,
}

/// What the column makes of the measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Value of those with, less that of those without, within strata; in the indicator's unit.
    pub difference: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
    /// The same without regard to strata: what a careless reading of the totals would say.
    pub crude: f64,
    /// Strata in which both are shown.
    pub strata: usize,
    /// Strata left out, since only one of the two is shown there.
    pub left_out: usize,
    /// Rows with, in the strata compared.
    pub rows_with: f64,
    /// Rows without, in the strata compared.
    pub rows_without: f64,
}

/// Variance of a share of `rows` rows; `scale` is 100 where it is given in percent. Half a row is added to both sides, so that a share
/// of none or all is not taken for certain.
pub fn variance_of_share(counted: f64, rows: f64, scale: f64) -> f64 {
    if rows <= 0.0 {
        return 0.0;
    }
    let p = (counted + 0.5) / (rows + 1.0);
    scale * scale * p * (1.0 - p) / rows
}

/// Variance of a median from its group's quartiles.
pub fn variance_of_median(low: f64, high: f64, rows: f64) -> f64 {
    if rows <= 0.0 {
        return 0.0;
    }
    let error = MEDIAN_OVER_MEAN * ((high - low).max(0.0) / QUARTILES_APART) / rows.sqrt();
    error * error
}

/// Wilson's 95 % interval of a share: `counted` of `rows`, both ends between 0 and 1.
pub fn wilson(counted: f64, rows: f64) -> Option<(f64, f64)> {
    if rows <= 0.0 || !(0.0..=rows).contains(&counted) {
        return None;
    }
    let (p, z2) = (counted / rows, Z * Z);
    let middle = (p + z2 / (2.0 * rows)) / (1.0 + z2 / rows);
    let half = Z / (1.0 + z2 / rows) * (p * (1.0 - p) / rows + z2 / (4.0 * rows * rows)).sqrt();
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

/// Compares; none where no stratum has both.
pub fn compare(groups: &[Group]) -> Option<Comparison> {
    let mut strata: Vec<&[String]> = groups.iter().map(|g| g.stratum.as_slice()).collect();
    strata.sort_unstable();
    strata.dedup();
    let find = |stratum: &[String], with: bool| {
        groups
            .iter()
            .find(|g| g.stratum == stratum && g.with == with && g.rows > 0.0)
    };
    let pairs: Vec<(&Group, &Group)> = strata
        .iter()
        .filter_map(|stratum| Some((find(stratum, true)?, find(stratum, false)?)))
        .collect();
    let weight = |(one, other): &(&Group, &Group)| one.rows * other.rows / (one.rows + other.rows);
    let total: f64 = pairs.iter().map(weight).sum();
    if total <= 0.0 {
        return None;
    }
    let difference = pairs
        .iter()
        .map(|p| weight(p) * (p.0.value - p.1.value))
        .sum::<f64>()
        / total;
    let variance = pairs
        .iter()
        .map(|p| weight(p) * weight(p) * (p.0.variance + p.1.variance))
        .sum::<f64>()
        / (total * total);
    let error = Z * variance.sqrt();
    let rows_with: f64 = pairs.iter().map(|p| p.0.rows).sum();
    let rows_without: f64 = pairs.iter().map(|p| p.1.rows).sum();
    let mean =
        |side: fn(&(&Group, &Group)) -> f64, rows: f64| pairs.iter().map(side).sum::<f64>() / rows;
    Some(Comparison {
        difference,
        low: difference - error,
        high: difference + error,
        crude: mean(|p| p.0.rows * p.0.value, rows_with)
            - mean(|p| p.1.rows * p.1.value, rows_without),
        strata: pairs.len(),
        left_out: strata.len() - pairs.len(),
        rows_with,
        rows_without,
    })
}

#[cfg(test)]
mod tests;
