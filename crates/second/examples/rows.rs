//! Prints the rows that the second fold makes of recordings: `rows FILE.txt[.gz]… [--queues
//! queues.conf] [--interval 15]`.

use std::io::{Read, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut settings = second::Settings::default();
    let mut texts = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--queues" {
            let conf = std::fs::read_to_string(arguments.next().unwrap_or_default())?;
            settings = settings.with_queues_conf(&conf);
        } else if argument == "--interval" {
            settings.interval = arguments.next().unwrap_or_default().parse()?;
        } else {
            let mut text = Vec::new();
            let file = std::fs::File::open(&argument)?;
            if argument.ends_with(".gz") {
                flate2::read::MultiGzDecoder::new(file).read_to_end(&mut text)?;
            } else {
                std::io::BufReader::new(file).read_to_end(&mut text)?;
            }
            texts.push(text);
        }
    }
    let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    let mut out = std::io::stdout().lock();
    let last = second::last(&texts);
    writeln!(out, "last {}.{:06}", last / 1_000_000, last % 1_000_000)?;
    for row in second::fold(&texts, &settings) {
        writeln!(out, "{row}")?;
    }
    Ok(())
}
