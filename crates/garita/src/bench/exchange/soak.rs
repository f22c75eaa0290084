//! What time and size do: memory over an hour of steady load, and what one more record costs in a store of millions.
//!
//! Here records are signed while the load runs: hours of them would not fit into memory.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep_until;

use super::load::{self, Door};
use super::node::{Author, Filed, Kind, Memory, Shape, Site, processor_us};
use super::{Figures, MOST_IN_FLIGHT, WARM_UP};

/// Signed records that wait to be sent.
const READY: usize = 256;
const SAMPLE: Duration = Duration::from_secs(5);
/// Memory of a steady load: the last third over the first.
const FLAT: f64 = 1.05;
/// The small store that a large one is compared with.
const FEW: u64 = 10_000;
/// Records by which a cost is taken.
const TAKEN: usize = 5_000;
/// Records of a fill that are signed at a time.
const PIECE: usize = 10_000;

/// Memory of two nodes at so many records a second, sampled after a tenth of the time.
pub(super) async fn memory(
    folder: &Path,
    a_second: f64,
    minutes: u32,
    figures: &mut Figures,
) -> Result<(), String> {
    let site = Site::found(folder, Shape::Two)?;
    let first = site.start(site.first()?).await?;
    let second = site.start(site.last()?).await?;
    let door = site.filing()?;
    let whole = Duration::from_secs(u64::from(minutes) * 60);
    let mut samples: [Vec<f64>; 2] = Default::default();
    let began = tokio::time::Instant::now();
    let (mut next_sample, mut sent) = (whole / 10, 0_u64);
    let mut signed = signing(Arc::clone(&site.author));
    // Beyond it the load waits, and is no longer steady: the rate that was reached tells.
    let places = Arc::new(Semaphore::new(load::CONNECTIONS_MAX));
    let mut under_way = JoinSet::new();
    while began.elapsed() < whole {
        sleep_until(began + Duration::from_secs_f64(sent as f64 / a_second.max(1e-3))).await;
        let record = signed
            .recv()
            .await
            .ok_or("a record could not be signed")??;
        let place = Arc::clone(&places).acquire_owned().await;
        let place = place.map_err(|e| e.to_string())?;
        let door = door.clone();
        under_way.spawn(async move {
            let _place = place;
            door.file(&record).await
        });
        sent += 1;
        while let Some(done) = under_way.try_join_next() {
            done.map_err(|e| e.to_string())??;
        }
        if began.elapsed() >= next_sample {
            for (samples, process) in samples.iter_mut().zip([first.id(), second.id()]) {
                samples.push(Memory::of(process)?.resident_mb);
            }
            next_sample = began.elapsed() + SAMPLE;
        }
    }
    while let Some(done) = under_way.join_next().await {
        done.map_err(|e| e.to_string())??;
    }
    let seconds = began.elapsed().as_secs_f64();
    door.all_acknowledged().await?;
    figures.put("steady load, minutes", f64::from(minutes));
    figures.put("steady load, meant, records a second", a_second);
    figures.put(
        "steady load, filed, records a second",
        sent as f64 / seconds,
    );
    for (name, samples) in ["carrier's", "customs'"].into_iter().zip(&samples) {
        let third = samples.len() / 3;
        let early = mean(samples.get(..third).unwrap_or_default());
        let late = mean(samples.get(samples.len() - third..).unwrap_or_default());
        figures.put(
            format!("steady load, {name} memory, first third, MB"),
            early,
        );
        figures.put(format!("steady load, {name} memory, last third, MB"), late);
        figures.at_most(
            format!("steady load, {name} memory, last third over first"),
            late / early.max(1e-9),
            FLAT,
        );
    }
    Ok(())
}

/// What a record costs one node with ten thousand stored, and with `stored`.
pub(super) async fn cost(folder: &Path, stored: u64, figures: &mut Figures) -> Result<(), String> {
    let site = Site::found(folder, Shape::One)?;
    let serving = site.start(site.first()?).await?;
    let door = site.filing()?;
    let mut there = u64::try_from(WARM_UP).unwrap_or(0);
    let warm = site.author.sign(Kind::Manifest, WARM_UP)?;
    load::closed(&door, warm, 16, None).await?;
    let mut found = Vec::with_capacity(2);
    for size in [FEW, stored] {
        fill(&door, &site.author, size.saturating_sub(there)).await?;
        let records = site.author.sign(Kind::Manifest, TAKEN)?;
        let before_us = processor_us(serving.id())?;
        let run = load::closed(&door, records, MOST_IN_FLIGHT, None).await?;
        let processor = (processor_us(serving.id())? - before_us) / run.records.max(1) as f64;
        let time = 1e6 / run.rate().max(1e-9);
        figures.put(format!("a record's cost with {size} stored, µs"), time);
        figures.put(
            format!("a record's processor time with {size} stored, µs"),
            processor,
        );
        figures.put(
            format!("one node's memory with {size} stored, MB"),
            Memory::of(serving.id())?.resident_mb,
        );
        there = size.max(there) + u64::try_from(TAKEN).unwrap_or(0);
        found.push(time);
    }
    if let [few, many] = found.as_slice() {
        figures.at_most(
            format!("a record's cost with {stored} stored over that with {FEW}"),
            many / few.max(1e-9),
            1.25,
        );
    }
    Ok(())
}

/// Files so many: the next piece is signed while one is filed.
async fn fill(door: &Door, author: &Arc<Author>, count: u64) -> Result<(), String> {
    let piece = |left: u64| {
        let author = Arc::clone(author);
        let some = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        spawn_blocking(move || author.sign(Kind::Manifest, some))
    };
    let began = Instant::now();
    let mut left = count;
    let mut next = piece(left);
    while left > 0 {
        let records = next.await.map_err(|e| e.to_string())??;
        left = left.saturating_sub(u64::try_from(records.len()).unwrap_or(left));
        next = piece(left);
        load::closed(door, records, MOST_IN_FLIGHT, None).await?;
        if began.elapsed() > SAMPLE && left % 100_000 < u64::try_from(PIECE).unwrap_or(0) {
            super::step(&format!("{left} records to file"));
        }
    }
    Ok(())
}

/// Signed records as fast as they are taken. Ends when nobody takes them, or with the first that cannot be signed.
fn signing(author: Arc<Author>) -> mpsc::Receiver<Result<Filed, String>> {
    let (sender, receiver) = mpsc::channel(READY);
    std::thread::spawn(move || {
        loop {
            let record = author.one(Kind::Manifest);
            let failed = record.is_err();
            if sender.blocking_send(record).is_err() || failed {
                return;
            }
        }
    });
    receiver
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
