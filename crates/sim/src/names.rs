//! Names that are plainly invented: nobody is called Ada Thimble.

use crate::chance::Chance;

const FIRST: [&str; 48] = [
    "Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jade", "Kai", "Lena",
    "Milo", "Nora", "Otto", "Pia", "Quinn", "Rosa", "Sami", "Tess", "Ugo", "Vera", "Wim", "Xenia",
    "Yara", "Zeno", "Alma", "Bruno", "Carl", "Dina", "Elsa", "Finn", "Gina", "Hugo", "Ines",
    "Jonas", "Kira", "Leo", "Mona", "Nils", "Olga", "Paul", "Rita", "Sven", "Tara", "Uma",
    "Viktor", "Wanda",
];

const AGENTS: [&str; 40] = [
    "Thimble",
    "Acorn",
    "Birch",
    "Clover",
    "Dandelion",
    "Elder",
    "Fern",
    "Ginger",
    "Hazel",
    "Iris",
    "Juniper",
    "Kestrel",
    "Larch",
    "Mallow",
    "Nutmeg",
    "Oakum",
    "Parsley",
    "Quince",
    "Rowan",
    "Saffron",
    "Thistle",
    "Umber",
    "Verbena",
    "Willow",
    "Yarrow",
    "Zinnia",
    "Anise",
    "Borage",
    "Cardamom",
    "Dill",
    "Fennel",
    "Gorse",
    "Heather",
    "Indigo",
    "Jasmine",
    "Lupin",
    "Marjoram",
    "Nettle",
    "Oregano",
    "Pepper",
];

const CALLERS: [&str; 40] = [
    "Anvil",
    "Bobbin",
    "Candle",
    "Drum",
    "Easel",
    "Funnel",
    "Gadget",
    "Hinge",
    "Inkwell",
    "Jigsaw",
    "Kettle",
    "Ladle",
    "Mitten",
    "Needle",
    "Oarlock",
    "Paddle",
    "Quill",
    "Ribbon",
    "Saucer",
    "Teapot",
    "Umbrella",
    "Velvet",
    "Whistle",
    "Yoyo",
    "Zipper",
    "Abacus",
    "Button",
    "Compass",
    "Domino",
    "Eraser",
    "Flask",
    "Gong",
    "Harmonica",
    "Icicle",
    "Jar",
    "Kite",
    "Lantern",
    "Marble",
    "Nozzle",
    "Ocarina",
];

/// The name of the n-th agent; distinct for the first 1,920, then numbered.
pub(crate) fn agent(number: usize) -> String {
    let first = FIRST.get(number % FIRST.len()).copied().unwrap_or_default();
    let round = number / FIRST.len();
    let last = AGENTS.get((number + round) % AGENTS.len()).copied().unwrap_or_default();
    match round / AGENTS.len() {
        0 => format!("{first} {last}"),
        again => format!("{first} {last} {}", again + 1),
    }
}

/// A caller's name; some callers have none.
pub(crate) fn caller(chance: &mut Chance) -> String {
    if chance.percent(18.0) {
        return "<unknown>".to_owned();
    }
    let first = chance.pick(&FIRST);
    format!("{first} {}", chance.pick(&CALLERS))
}

/// A caller's number, in the 555 range that belongs to nobody.
pub(crate) fn number(chance: &mut Chance) -> String {
    format!("555{:04}", chance.between(0, 10_000))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn agents_are_told_apart() {
        let names: BTreeSet<_> = (0..5000).map(super::agent).collect();
        assert_eq!(names.len(), 5000);
    }
}
