//! Vectors (cms.md 3.6).

use crate::items::items;

items! {
    INCALLS incalls C Live "calls that came to the vector and are over (CMS INCALLS)";
}
