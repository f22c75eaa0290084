//! Chance from a seed: the same seed gives the same draws, on any machine.
//!
//! Our own rather than a crate's, because a published forecast must be drawn again, number for number, years later.

/// A stream of draws: xoshiro256++ (Blackman and Vigna 2019), its state filled by SplitMix64 as its authors advise.
#[derive(Debug, Clone)]
pub struct Chance {
    a: u64,
    b: u64,
    c: u64,
    d: u64,
    /// The second of a pair of normal draws.
    spare: Option<f64>,
}

impl Chance {
    /// A stream of its own for each seed.
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        Self {
            a: next(),
            b: next(),
            c: next(),
            d: next(),
            spare: None,
        }
    }

    /// 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        let out = self
            .a
            .wrapping_add(self.d)
            .rotate_left(23)
            .wrapping_add(self.a);
        let t = self.b << 17;
        self.c ^= self.a;
        self.d ^= self.b;
        self.b ^= self.c;
        self.a ^= self.d;
        self.c ^= t;
        self.d = self.d.rotate_left(45);
        out
    }

    /// Between 0 and 1, neither included: a logarithm of it is finite.
    pub fn uniform(&mut self) -> f64 {
        ((self.next_u64() >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Of the standard normal distribution (Marsaglia's polar method).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let u = 2.0 * self.uniform() - 1.0;
            let v = 2.0 * self.uniform() - 1.0;
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let scale = (-2.0 * s.ln() / s).sqrt();
                self.spare = Some(v * scale);
                return u * scale;
            }
        }
    }

    /// Of the gamma distribution with that shape and scale 1 (Marsaglia and Tsang 2000); 0 where the shape is not positive.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        // Also false for what is no number.
        if !(shape > 0.0 && shape.is_finite()) {
            return 0.0;
        }
        if shape < 1.0 {
            let boost = self.uniform().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v <= 0.0 {
                continue;
            }
            let u = self.uniform();
            if u.ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// Shares that add up to 1, of the Dirichlet distribution with these parameters; a parameter of 0 stays 0.
    pub fn dirichlet(&mut self, parameters: &[f64]) -> Vec<f64> {
        let drawn: Vec<f64> = parameters.iter().map(|p| self.gamma(*p)).collect();
        let sum: f64 = drawn.iter().sum();
        if sum > 0.0 {
            drawn.iter().map(|d| d / sum).collect()
        } else {
            drawn
        }
    }
}

/// The share of the standard normal distribution below `x`, to 1e-7 (Abramowitz and Stegun 26.2.17): a draw only picks a step of a
/// record of some dozen, so more digits would change nothing.
pub fn normal_share(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let poly = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let upper = (-0.5 * x * x).exp() * 0.398_942_280_401_432_7 * poly;
    if x >= 0.0 { 1.0 - upper } else { upper }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: usize = 100_000;

    fn mean_and_variance(mut draw: impl FnMut() -> f64) -> (f64, f64) {
        let drawn: Vec<f64> = (0..DRAWS).map(|_| draw()).collect();
        let mean = drawn.iter().sum::<f64>() / DRAWS as f64;
        let variance = drawn.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / DRAWS as f64;
        (mean, variance)
    }

    #[test]
    fn is_xoshiro256_plus_plus() {
        // The first outputs of the reference code from the state 1, 2, 3, 4.
        let mut chance = Chance {
            a: 1,
            b: 2,
            c: 3,
            d: 4,
            spare: None,
        };
        let drawn: Vec<u64> = (0..4).map(|_| chance.next_u64()).collect();
        assert_eq!(
            drawn,
            [
                41_943_041,
                58_720_359,
                3_588_806_011_781_223,
                3_591_011_842_654_386
            ]
        );
    }

    #[test]
    fn the_same_seed_is_the_same_stream() {
        let (mut a, mut b, mut c) = (Chance::new(1), Chance::new(1), Chance::new(2));
        let mut differs = false;
        for _ in 0..100 {
            let x = a.next_u64();
            assert_eq!(x, b.next_u64());
            differs |= x != c.next_u64();
        }
        assert!(differs);
    }

    #[test]
    fn has_the_moments_of_each_distribution() {
        let mut chance = Chance::new(42);
        let (mean, variance) = mean_and_variance(|| chance.uniform());
        assert!((mean - 0.5).abs() < 0.01 && (variance - 1.0 / 12.0).abs() < 0.01);
        let (mean, variance) = mean_and_variance(|| chance.normal());
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03);
        for shape in [0.3, 1.0, 4.0] {
            let (mean, variance) = mean_and_variance(|| chance.gamma(shape));
            assert!((mean / shape - 1.0).abs() < 0.03, "{shape}: {mean}");
            assert!((variance / shape - 1.0).abs() < 0.08, "{shape}: {variance}");
        }
        assert_eq!(chance.gamma(f64::NAN), 0.0);
    }

    #[test]
    fn dirichlet_shares_add_up_and_lie_around_their_parameters() {
        let mut chance = Chance::new(3);
        let mut sums = [0.0; 3];
        for _ in 0..20_000 {
            let shares = chance.dirichlet(&[5.0, 0.0, 15.0]);
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for (sum, share) in sums.iter_mut().zip(shares) {
                *sum += share / 20_000.0;
            }
        }
        assert!((sums[0] - 0.25).abs() < 0.01 && sums[1] == 0.0);
    }

    #[test]
    fn the_normal_share_is_that_of_the_tables() {
        for (x, wanted) in [(0.0, 0.5), (1.0, 0.841_344_746), (1.959_963_985, 0.975)] {
            assert!((normal_share(x) - wanted).abs() < 1e-7);
            assert!((normal_share(-x) - (1.0 - wanted)).abs() < 1e-7);
        }
    }
}
