//! Where each ACD goes on when the journal is opened. Reads the newest file of each ACD and
//! those it names, whatever lies in between is not touched: opening is fast with years of days.

use crate::day::Day;
use crate::file::{DayFile, Place};
use crate::layout;
use crate::queue::now;
use crate::reader;
use crate::trouble::{Trouble, of_io};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// When a file was lost from which the last sequence number would have been read, numbers go on
/// at the next multiple of this, so that none is given twice. More than a day can hold.
const JUMP: u64 = 1_000_000_000_000;

/// A file that was found damaged and moved out of the way. It is not read any more; what can
/// still be had from it is a matter for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The ACD.
    pub acd: String,
    /// The day it was for.
    pub day: Day,
    /// Where it is now.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
    /// When it was moved, microseconds since 1970 in UTC by this server's clock.
    pub at: i64,
}

/// What is found of one ACD.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) last_seq: u64,
    pub(crate) max_stamp: Option<i64>,
    /// The newest file, open for writing if there was room to open it.
    pub(crate) newest: Option<(Day, Option<DayFile>)>,
    pub(crate) set_aside: Vec<SetAside>,
}

/// Finds where one ACD goes on.
pub(crate) fn recover(dir: &Path, acd: &str, server: &Arc<str>) -> Result<Found, Trouble> {
    let Some(acd_dir) = layout::acd_dir(dir, acd) else { return Ok(Found::default()) };
    let io = |e: std::io::Error| of_io(&e, &acd_dir);
    let mut found = Found::default();
    let mut lost = false;
    let mut days = layout::days(&acd_dir).map_err(io)?;
    while let Some(day) = days.pop() {
        // A file that was being made when the program was killed says nothing.
        let path = layout::day_file(&acd_dir, day);
        let opened = match reader::is_empty_file(&path) {
            Ok(true) => continue,
            Ok(false) => DayFile::open(&acd_dir, acd, day, 0, server),
            Err(trouble) => Err(trouble),
        };
        let placed = match opened {
            Ok(file) => file.place().map(|place| (place, Some(file))),
            // The disk is full already: collecting can begin all the same, in memory.
            Err(Trouble::Full | Trouble::Locked) => {
                reader::place_of(&path).map(|place| (place.unwrap_or_default(), None))
            }
            Err(other) => Err(other),
        };
        match placed {
            Ok((place, file)) => {
                found.take(&place);
                let others = if lost { days } else { place.also.into_iter().collect() };
                for other in others {
                    lost |= !found.look_at(&acd_dir, other)?;
                }
                found.newest = Some((day, file));
                break;
            }
            Err(Trouble::Damaged(reason)) => {
                lost = true;
                let path = layout::set_aside(&acd_dir, day).map_err(io)?;
                let acd = acd.to_owned();
                found.set_aside.push(SetAside { acd, day, path, reason, at: now() });
            }
            Err(other) => return Err(other),
        }
    }
    // Nothing was written since a file was set aside: what it held is still not known.
    let aside = layout::damaged(&acd_dir).map_err(io)?;
    let newest = found.newest.as_ref().map(|(day, _)| *day);
    lost |= aside.iter().any(|(day, _)| Some(*day) > newest);
    if lost {
        found.last_seq = (found.last_seq / JUMP + 1) * JUMP;
    }
    Ok(found)
}

impl Found {
    fn take(&mut self, place: &Place) {
        self.last_seq = self.last_seq.max(place.last_seq);
        self.max_stamp = self.max_stamp.max(place.max_stamp);
    }

    /// False if the file cannot be read; it is set aside when it is next written to.
    fn look_at(&mut self, acd_dir: &Path, day: Day) -> Result<bool, Trouble> {
        match reader::place_of(&layout::day_file(acd_dir, day)) {
            Ok(place) => {
                self.take(&place.unwrap_or_default());
                Ok(true)
            }
            Err(Trouble::Damaged(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }
}
