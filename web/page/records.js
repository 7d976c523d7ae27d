// What is in the input: messages, one or many, JSON values, or a link's frames.
//
// SPDX-License-Identifier: Apache-2.0
import { fromJSON } from "../execwire/codec.js";
import { check } from "../execwire/error.js";
import { Instance } from "../execwire/wasm.js";
import { attempt, inspectFrame, inspectMessage } from "./inspect.js";
import { joined, readText } from "./text.js";
import { receive } from "./receive.js";

const LARGEST = 1 << 26; // bytes of one message in a stream

// ---- JSON ----

const NEWLINE = 10;
const isSpace = (byte) => byte === 32 || byte === 9 || byte === 10 || byte === 13;
const isBracket = (byte) => byte === 91 || byte === 93 || byte === 44; // [ ] ,

/** JSON values, one after the other or in an array. Where one ends, the library's reader says. */
function jsonRecords(text) {
  const records = [];
  for (let at = 0; ;) {
    while (at < text.length && (isSpace(text[at]) || isBracket(text[at]))) at++;
    if (at === text.length) return records;
    const record = jsonValue(text, at);
    records.push(record);
    if (record.error !== undefined) return records;
    at += record.source.length;
  }
}

function jsonValue(text, at) {
  const newline = text.indexOf(NEWLINE, at);
  const end = newline < 0 ? text.length : newline;
  const line = attempt(() => fromJSON(text.subarray(at, end)));
  if (line.error === undefined) return { bytes: line.value, source: text.subarray(at, end), at };
  const rest = text.subarray(at);
  const all = attempt(() => fromJSON(rest));
  if (all.error?.code !== "EXECWIRE_ERROR_JSON_TRAILING") return { bytes: all.value, source: rest, at, error: all.error };
  const source = rest.subarray(0, all.error.offset);
  return { bytes: fromJSON(source), source, at };
}

// ---- Delimited ----

function delimitedRecords(bytes) {
  const records = [];
  const stream = new Instance();
  check(stream, stream.calls.stream_open(LARGEST));
  const first = stream.put(bytes);
  for (let at = 0; at < bytes.length;) {
    const { error } = attempt(() => check(stream, stream.calls.stream_feed(first + at, bytes.length - at)));
    const used = stream.result("used");
    if (error !== undefined || stream.result("out") === 0) return [...records, brokenEnd(stream, bytes, at, error)];
    const size = stream.result("outSize");
    records.push({ bytes: bytes.slice(at + used - size, at + used), at: at + used - size, prefix: used - size, length: bytes.slice(at, at + used - size) });
    at += used;
  }
  return records;
}

/** The rest of a stream, which is no whole message. */
function brokenEnd(stream, bytes, at, error) {
  const why = error ?? attempt(() => check(stream, stream.calls.stream_end())).error;
  why.offset = error === undefined ? bytes.length - at : 0;
  return { bytes: bytes.slice(at), at, prefix: 0, error: why };
}

// ---- Which of all ----

const whole = (list) => list.map((bytes) => ({ bytes, at: 0, prefix: 0 }));

/** Each way in which these bytes may be meant, the usual ones first. */
function* readings(lines) {
  const all = joined(lines);
  if (lines.length > 1) yield { contents: "message", records: whole(lines) };
  yield { contents: "message", records: whole([all]) };
  yield { contents: "delimited", records: delimitedRecords(all) };
  if (lines.length > 1) yield { contents: "link", records: whole(lines) };
  yield { contents: "link", records: delimitedRecords(all), delimited: true };
  yield { contents: "link", records: whole([all]) };
}

function view(reading) {
  const inspect = reading.contents === "link" ? inspectFrame : inspectMessage;
  for (const record of reading.records) {
    record.view = inspect(record.bytes);
    record.error ??= record.view.error;
  }
}

/** How much of the bytes makes sense, up to the first that is broken; unknown fields make less. */
function score({ records }) {
  const all = records.reduce((sum, { bytes, prefix }) => sum + bytes.length + prefix, 0);
  let good = 0;
  for (const { bytes, prefix, error, view: { unknown } } of records) {
    if (error !== undefined) return (0.99 * (good + Math.min(error.offset, bytes.length))) / Math.max(all, 1);
    good += bytes.length + prefix - unknown / 8;
  }
  return all === 0 ? 0 : good / all;
}

function best(lines, wanted) {
  let found;
  for (const reading of readings(lines)) {
    if (wanted !== "auto" && reading.contents !== wanted) continue;
    view(reading);
    reading.score = score(reading);
    if (found === undefined || reading.score > found.score) found = reading;
    if (found.score === 1) break;
  }
  return found;
}

/**
 * Reads an input: {encoding, contents, records}, or throws Unreadable.
 *
 * @param source {bytes} or {text}
 * @param encoding "json", "hex", "base64" or, of a file, "bytes"
 * @param contents "auto", "message", "delimited" or "link"
 */
export function readRecords(source, encoding, contents) {
  const lines = encoding === "bytes" ? [source.bytes] : readText(source.text, encoding);
  if (encoding === "json") {
    const records = jsonRecords(lines[0]);
    for (const record of records) record.view = inspectMessage(record.bytes ?? new Uint8Array());
    return { encoding, contents: "json", records };
  }
  const reading = best(lines, contents);
  return { encoding, ...reading, states: reading.contents === "link" ? receive(reading.records) : 0 };
}
