// Other extractors that come from npm.
//
//     node peers.js NAME run LIST    an article a line, in JSON, for the lines "ID PATH" of the file LIST
//
// Pages are HTML in UTF-8.  A page on which an extractor fails has no text.
'use strict';

const fs = require('fs');
const {Readability} = require('@mozilla/readability');
const {parseHTML} = require('linkedom');

const BLOCKS = new Set(('ADDRESS ARTICLE ASIDE BLOCKQUOTE BR CENTER DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER FORM H1 H2 ' +
    'H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TD TH THEAD TR UL').split(' '));

// A line for each block.
function textOf(node) {
    let out = '';
    for (const child of node.childNodes) {
        const edge = BLOCKS.has(child.tagName) ? '\n' : '';
        out += edge + (child.nodeType === 3 ? child.data.replace(/\s+/g, ' ') : textOf(child)) + edge;
    }
    return out;
}

const PEERS = {
    readability(html) {
        const found = new Readability(parseHTML(html).document, {serializer: node => node}).parse();
        return found ? {text: textOf(found.content).replace(/\n\s*/g, '\n').trim(), title: found.title, author: found.byline,
            date: found.publishedTime, sitename: found.siteName} : {};
    },
};

function tried(extract, html) {
    try {
        return extract(html);
    } catch {
        return {};
    }
}

const [name, what, list] = process.argv.slice(2);
if (!PEERS[name] || what !== 'run' || !list) {
    console.error('usage: peers.js NAME run LIST');
    process.exit(64);
}
console.log = console.warn = console.error = () => {};
for (const line of fs.readFileSync(list, 'utf8').trim().split('\n')) {
    const [id, path] = line.split(' ', 2);
    fs.writeSync(1, JSON.stringify({...tried(PEERS[name], fs.readFileSync(path, 'utf8')), id}) + '\n');
}
