//! Trunk groups (cms.md 3.8).

use crate::items::items;

items! {
    INCALLS incalls C Live "calls in by the group that are over (CMS INCALLS)";
}
