//! Other extractors that come as crates.
//!
//!     peers NAME run LIST    an article a line, in JSON, for the lines "ID PATH" of the file LIST
//!
//! Pages are HTML in UTF-8.  A page that takes longer than the limit, or on which an extractor fails, has no text.

use serde_json::{json, Value};
use std::{env, fs, sync::mpsc, thread, time::Duration};

const LIMIT: Duration = Duration::from_secs(30);
const STACK: usize = 256 << 20;

type Extract = fn(&str) -> Value;

fn by_dom_smoothie(html: &str) -> Value {
    let how = dom_smoothie::Config { text_mode: dom_smoothie::TextMode::Formatted, ..Default::default() };
    match dom_smoothie::Readability::new(html, None, Some(how)).and_then(|mut r| r.parse()) {
        Ok(a) => json!({"text": a.text_content.to_string(), "title": a.title, "author": a.byline,
                        "date": a.published_time, "sitename": a.site_name}),
        Err(_) => json!({}),
    }
}

fn by_trafilatura(html: &str) -> Value {
    match rs_trafilatura::extract(html) {
        Ok(r) => json!({"text": r.content_text, "title": r.metadata.title, "author": r.metadata.author,
                        "date": r.metadata.date.map(|d| d.to_string()), "sitename": r.metadata.sitename}),
        Err(_) => json!({}),
    }
}

/// The thread of a page that takes too long is left behind: the program is short-lived.
fn tried(extract: Extract, html: String) -> Value {
    let (send, receive) = mpsc::channel();
    let page = thread::Builder::new().stack_size(STACK).spawn(move || {
        let _ = send.send(extract(&html));
    });
    match page {
        Ok(_) => receive.recv_timeout(LIMIT).unwrap_or(json!({})),
        Err(_) => json!({}),
    }
}

fn main() {
    let args: Vec<String> = env::args().collect();
    let extract: Extract = match args.get(1).map(String::as_str) {
        Some("dom_smoothie") => by_dom_smoothie,
        Some("rs-trafilatura") => by_trafilatura,
        _ => panic!("usage: peers dom_smoothie|rs-trafilatura run LIST"),
    };
    std::panic::set_hook(Box::new(|_| {}));
    for line in fs::read_to_string(&args[3]).expect("LIST").lines() {
        let (id, path) = line.split_once(' ').expect("ID PATH");
        let mut row = tried(extract, fs::read_to_string(path).expect("a page"));
        row["id"] = json!(id);
        println!("{row}");
    }
}
