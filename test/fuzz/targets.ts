import { Duplex } from "node:stream";
import { judgeThreshold } from "../../src/alerts/verdict.ts";
import { alertFindingsJson, alertFindingsText } from "../../src/alerts/alert-findings.ts";
import type { AlertConfig } from "../../src/alerts/systems/alert-reader.ts";
import { ConfigUnreadable } from "../../src/alerts/files/config-unreadable.ts";
import { xmlTree } from "../../src/alerts/files/xml-tree.ts";
import { yamlTree } from "../../src/alerts/files/yaml-tree.ts";
import { thresholdsIn } from "../../src/alerts/systems/registry.ts";
import { parseGrubbyEntries } from "../../src/boot-loaders/grubby.ts";
import { savedRecord } from "../../src/core/shape/saved-record.ts";
import { type BootRecord, emptyRecord } from "../../src/core/boot-record.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { metricsHttp } from "../../src/exporters/metrics-server.ts";
import { acceptedFormat } from "../../src/exporters/accept-header.ts";
import { TarDamaged, TarReader } from "../../src/parse/archive/tar.ts";
import { noFacts, placeInReport, sosFactFiles, sosLogRank, withSosFact } from "../../src/parse/archive/sos-report.ts";
import { formatOf } from "../../src/parse/archive/file-format.ts";
import { journalBytes } from "../../src/parse/archive/journal-header.ts";
import { parseCommandLine } from "../../src/parse/command-line/command-line.ts";
import { armedGrub, armGrub, disarmGrub } from "../../src/parse/command-line/grub-defaults.ts";
import {
  armedLine,
  armLine,
  disarmLine,
  type LineStyle,
  recorderOn,
} from "../../src/parse/command-line/recorder-line.ts";
import { Unchangeable } from "../../src/parse/command-line/unchangeable.ts";
import { parseKernelMessage } from "../../src/parse/kernel-log/kernel-messages.ts";
import { JournalSilences } from "../../src/parse/journal/journal-silences.ts";
import { joinFragments, parseKmsgRecord, splitKmsgRecords } from "../../src/parse/kernel-log/kmsg.ts";
import { parseBootList } from "../../src/parse/log/boot-list.ts";
import { recordsInPage } from "../../src/parse/log/boots-document.ts";
import { LogReader } from "../../src/parse/log/log-reader.ts";
import { bootsOfReport } from "../../src/parse/log/report-boots.ts";
import { parsePluginRange } from "../../src/parse/plugin-range.ts";
import { capabilityNames, permittedCapabilities } from "../../src/parse/proc/capabilities.ts";
import { parseCpuinfo } from "../../src/parse/proc/cpuinfo.ts";
import { hasFipsHook } from "../../src/parse/proc/kallsyms.ts";
import { machineName, parseBootTime, parseMemoryTotal, parseProcessorName } from "../../src/parse/proc/machine.ts";
import { parseMountRoot, parseMountTypes } from "../../src/parse/proc/mount-info.ts";
import { parsePollingCall } from "../../src/parse/proc/polling-call.ts";
import { parseControlGroup } from "../../src/parse/proc/proc-cgroup.ts";
import { parseMappedFiles, parseMappings } from "../../src/parse/proc/proc-maps.ts";
import { parseProcessStat } from "../../src/parse/proc/proc-stat.ts";
import { parseTaskStatus } from "../../src/parse/proc/proc-status.ts";
import { bytesWithin, safeRanges } from "../../src/parse/proc/safe-ranges.ts";
import { parseSleepingCall } from "../../src/parse/proc/sleeping-call.ts";
import { cleanMappings } from "../../src/parse/proc/smaps.ts";
import { parseElfDynamic } from "../../src/parse/program/elf-dynamic.ts";
import { languageOfElf } from "../../src/parse/program/elf-language.ts";
import { parseFileSymbols } from "../../src/parse/unwind/file-symbols.ts";
import { namesInTable } from "../../src/parse/unwind/function-name.ts";
import { parseBuildId } from "../../src/parse/program/elf-notes.ts";
import { parseFipsEnvironment } from "../../src/parse/program/fips-environment.ts";
import { parseLinkerConf } from "../../src/parse/program/ld-so-conf.ts";
import { generatorsOf } from "../../src/parse/program/own-generators.ts";
import { processFips } from "../../src/parse/program/process-fips.ts";
import { randomLibraries } from "../../src/parse/program/random-libraries.ts";
import { fipsByOpensslConf } from "../../src/parse/program/openssl-conf.ts";
import { listOf, parseUnitFile, wordsOfExec } from "../../src/parse/program/unit-file.ts";
import { parseLiveStack } from "../../src/parse/stack/live-stack.ts";
import { parseUnitTimes } from "../../src/parse/systemd/unit-times.ts";
import { parseKprobeProfile, probesOfGroup } from "../../src/parse/trace/kprobe-profile.ts";
import { asksOtherwise } from "../../src/parse/trace/own-requests.ts";
import { TraceWaits } from "../../src/parse/trace/trace-waits.ts";
import { frameRulesAt } from "../../src/parse/unwind/call-frame-rules.ts";
import { frameDescription } from "../../src/parse/unwind/eh-frame.ts";
import { provenCaller } from "../../src/parse/unwind/proven-caller.ts";
import { systemCallsOfFile } from "../../src/parse/unwind/system-calls.ts";
import { unwindStack } from "../../src/parse/unwind/unwind-stack.ts";
import { bootsHtml } from "../../src/render/page/boots-page.ts";
import { escapeText } from "../../src/render/escape.ts";
import { checkLine } from "../../src/render/text/check-line.ts";
import { reportText } from "../../src/render/text/report-text.ts";
import { statusText, summaryText } from "../../src/render/text/status.ts";
import { prometheusText } from "../../src/render/metrics/open-metrics.ts";
import { VarlinkError } from "../../src/varlink/errors.ts";
import { MessageSplitter } from "../../src/varlink/framing.ts";
import { formatReply, parseCall, parseReply } from "../../src/varlink/message.ts";
import { checkParameters, isBool, isInt, isString, nullable } from "../../src/varlink/parameters.ts";
import { elfFile, goNote, symbolSections } from "../support/inputs/elf-file.ts";
import { archive, member, pax } from "../support/inputs/tar-archive.ts";
import type { FuzzTarget } from "./fuzzer.ts";
import { frameMemory, tableAt } from "../parse/unwind/frame-bytes.ts";
import * as seeds from "./seeds.ts";

/** Records that are rendered of one input. */
const mostRecords = 3;
const never = { text: "10", alerts: (): boolean => false };

function textsOf(records: readonly BootRecord[]): readonly string[] {
  return records.slice(0, mostRecords).flatMap((taken) => {
    const record = diagnose(taken);
    return [
      reportText(record),
      statusText(record),
      escapeText(summaryText(record)),
      checkLine(record, { warning: never, critical: never, waited: never }).text,
      prometheusText.render({ record, daemon: false }),
      bootsHtml([record]),
    ];
  });
}

function log(name: string, inputs: readonly (string | Buffer)[], entries = false): FuzzTarget {
  return {
    name,
    seeds: inputs.map((input) => Buffer.from(input)),
    mostBytes: 6000,
    read(input) {
      const reader = new LogReader("boot.log", { entries });
      const half = input.length >> 1;
      reader.push(Buffer.from(input.subarray(0, half)));
      reader.push(Buffer.from(input.subarray(half)));
      return textsOf(reader.end());
    },
  };
}

/** The boots of a report with two logs. */
function reportOf(input: Buffer): readonly string[] {
  const half = input.length >> 1;
  const logs = [input.subarray(0, half), input.subarray(half)].map((part) => {
    const reader = new LogReader("dmesg");
    reader.push(Buffer.from(part));
    return reader.end();
  });
  return textsOf(bootsOfReport(logs, noFacts));
}

function silencesOf(input: string): readonly string[] {
  const silences = new JournalSilences(1e6);
  const half = input.length >> 1;
  for (const part of [input.slice(0, half), input.slice(half)]) silences.push(part);
  return silences.list().map(({ from, to }) => escapeText(`${from.text} ${to.text}`));
}

function procFiles(input: string): void {
  const status = permittedCapabilities(input);
  if (status !== null) capabilityNames(status);
  parseProcessorName(input);
  parseMemoryTotal(input);
  parseBootTime(input);
  machineName(input, input);
  parseSleepingCall(input);
  parseMountRoot(input, "28");
  const ranges = safeRanges(parseMappings(input), parseMountTypes(input));
  bytesWithin(ranges, 0x7f00_0000_0000, 64);
  const paths = parseMappedFiles(input).map(({ path }) => path);
  cleanMappings(input, paths[0] ?? "");
  generatorsOf(paths[0] ?? null, paths, () => null);
  for (const path of paths) asksOtherwise(path, "getentropy");
  const switches = { kernel: false, gcryptFile: false, systemFips: false, opensslConf: false };
  processFips(randomLibraries(paths), parseFipsEnvironment(Buffer.from(input)), switches);
}

const metrics = metricsHttp(
  () => Promise.resolve({ record: diagnose(emptyRecord()), daemon: true }),
  () => undefined,
);

/** Requests of one connection, in two pieces. A turn of the event loop brings the answer to one. */
async function http(input: Buffer): Promise<readonly string[]> {
  let answers = "";
  const connection = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      answers += chunk.toString("latin1");
      done();
    },
  });
  metrics.emit("connection", connection);
  const half = input.length >> 1;
  for (const part of [input.subarray(0, half), input.subarray(half)]) {
    connection.push(part);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  connection.destroy();
  if (answers !== "" && !/^HTTP\/1\.1 (?:200|400|404|405|408|413|417|431) /.test(answers))
    throw new Error(`answered '${answers.slice(0, 80)}'`);
  return [];
}

function text(name: string, inputs: readonly string[], read: (text: string) => unknown): FuzzTarget {
  return {
    name,
    seeds: inputs.map((input) => Buffer.from(input)),
    mostBytes: 4000,
    read(input) {
      read(input.toString("utf8"));
      return [];
    },
  };
}

const style: LineStyle = { quoting: "kernel", quote: '"' };

/** Whatever is not the parser's own answer is thrown on. */
function unless<Result>(declared: new (...words: never[]) => Error, run: () => Result): Result | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof declared) return null;
    throw error;
  }
}

/** A line that is armed and disarmed again is unchanged. */
function armAndDisarm(line: string): void {
  recorderOn(line);
  parseCommandLine(line);
  const armed = unless(Unchangeable, () => armLine(line, style, "kprobes"));
  if (armed === null) return;
  if (armedLine(armed, style) !== "kprobes") throw new Error("armed, and not taken for armed");
  disarmLine(armed, style);
}

function grub(first: string): void {
  const files = [{ path: "/etc/default/grub", text: first }];
  const armed = unless(Unchangeable, () => armGrub(files, "kprobes"));
  if (armed !== null && armedGrub(armed) !== "kprobes") throw new Error("armed, and not taken for armed");
  disarmGrub(armed ?? files);
}

const bytesOf =
  (input: Buffer) =>
  (offset: number, length: number): Uint8Array =>
    offset < 0 || !Number.isSafeInteger(offset) ? new Uint8Array() : input.subarray(offset, offset + length);

function elf(input: Buffer): readonly string[] {
  const readAt = bytesOf(input);
  parseElfDynamic(readAt);
  languageOfElf(readAt);
  systemCallsOfFile(readAt, ["main", "gcry_randomize"]);
  const symbols = parseFileSymbols(readAt);
  if (symbols?.table != null) namesInTable(symbols.table, [0x40_1000, 0x1000], readAt);
  parseBuildId(input);
  return [];
}

/** Where the memory of the process to unwind begins: a program with its own stack after it. */
const [memoryAt, memoryBytes] = [tableAt, 0x3000];

function memoryOf(bytes: Buffer): (address: number, length: number) => Uint8Array {
  return (address, length) => bytesOf(bytes)(address - memoryAt, length);
}

function unwind(input: Buffer): readonly string[] {
  const read = memoryOf(input);
  for (const pc of [0x30_1000, 0x30_1010, memoryAt + 8]) {
    const description = frameDescription(memoryAt, pc, read);
    if (description !== null) frameRulesAt(description, pc);
  }
  const mappings = parseMappings(
    `${memoryAt.toString(16)}-${(memoryAt + memoryBytes).toString(16)} r-xp 00000000 fd:01 77 /usr/bin/x\n`,
  );
  const registers = Array.from({ length: 17 }, () => memoryAt + 64);
  const image = { mappings, read };
  provenCaller(unwindStack(image, registers), "/usr/bin/x", image, null);
  return [];
}

function elfMemory(): Buffer {
  return elfFile({ needed: ["libc.so.6"], soname: "libx.so.1", notes: goNote(), sections: { ".go.buildinfo": "x" } });
}

function frames(): Buffer {
  const memory = frameMemory([
    { start: 0x30_1000, bytes: 0x40, instructions: [0x40 | 1, 0x0e, 16, 0x80 | 3, 2] },
    { start: 0x30_1040, bytes: 0x100, instructions: [0x0f, 3, 0x77, 8, 0x06, 0x0a, 0x0b] },
  ]);
  return Buffer.concat(
    Array.from({ length: memoryBytes / 16 }, (_, index) => {
      const part = Buffer.alloc(16);
      part.set(memory(memoryAt + index * 16, 16));
      return part;
    }),
  );
}

function tar(input: Buffer): readonly string[] {
  const reader = new TarReader();
  const paths: string[] = [];
  unless(TarDamaged, () => {
    for (let from = 0; from < input.length; from += 700)
      for (const event of reader.push(Buffer.from(input.subarray(from, from + 700)))) {
        if (event.kind !== "member" || paths.length > 64) continue;
        paths.push(event.path);
        sosLogRank(event.path);
        placeInReport(event.path);
      }
    reader.end();
  });
  formatOf(input.subarray(0, 512));
  journalBytes(input);
  return paths.map((path) => escapeText(path));
}

function varlink(input: Buffer): readonly string[] {
  const splitter = new MessageSplitter(65_536);
  for (let from = 0; from < input.length; from += 100) {
    splitter.push(Buffer.from(input.subarray(from, from + 100)));
    for (let next = splitter.next(); Buffer.isBuffer(next); next = splitter.next()) {
      const call = parseCall(next);
      const reply = parseReply(next);
      if (reply !== null) formatReply(reply);
      const checks = { name: isString, count: nullable(isInt), all: nullable(isBool) };
      if (call !== null) unless(VarlinkError, () => checkParameters(call.parameters, checks));
    }
  }
  return [];
}

function state(input: Buffer): readonly string[] {
  const value: unknown = unless(SyntaxError, () => JSON.parse(input.toString("utf8")));
  const saved = (["unknown", "wrong"] as const).flatMap((missing) => savedRecord(value, { missing }) ?? []);
  return [
    ...saved.flatMap(({ wrong }) => wrong ?? []),
    ...textsOf([...saved, ...(recordsInPage(input.toString("utf8")) ?? [])].map(({ record }) => record)),
  ];
}

function alerts(config: AlertConfig): readonly string[] {
  const [thresholds = []] = thresholdsIn([config]);
  const judged = thresholds.flatMap((threshold) => [
    judgeThreshold(threshold, "x.conf", 256),
    judgeThreshold(threshold, "x.conf", 4096),
  ]);
  const findings = { poolBits: 256, files: 1, thresholds: judged, unreadable: [] } as const;
  alertFindingsJson(findings);
  return [alertFindingsText(findings)];
}

/** As readAlertFile() reads it, whatever its name. */
async function alertConfig(source: string): Promise<AlertConfig> {
  try {
    const tree = await (/^\s*<[?!a-z]/i.test(source) ? xmlTree(source) : yamlTree(source));
    return { text: source, tree };
  } catch (error) {
    if (error instanceof ConfigUnreadable || error instanceof RangeError) return { text: source, tree: null };
    throw error;
  }
}

function trace(input: string): readonly string[] {
  const waits = new TraceWaits();
  for (const line of input.split("\n")) waits.take(line, null);
  waits.waits();
  waits.asks();
  return [];
}

/** Every reader of strangers' text and bytes. */
export const targets: readonly FuzzTarget[] = [
  text("kmsg", seeds.kmsg, (input) => {
    const records = splitKmsgRecords(input)
      .map(parseKmsgRecord)
      .filter((record) => record !== null);
    for (const record of joinFragments(records)) parseKernelMessage(record.text);
  }),
  log("log", seeds.logs),
  log("stacks", seeds.stacks),
  log("tools", seeds.tools),
  log("journal-json", seeds.journalJson, true),
  log("journal-export", seeds.journalExport),
  {
    name: "silences",
    seeds: seeds.journalJson.map((one) => Buffer.from(one)),
    mostBytes: 4000,
    read: (input) => silencesOf(input.toString("utf8")),
  },
  { name: "report", seeds: seeds.logs.map((one) => Buffer.from(one)), mostBytes: 6000, read: reportOf },
  text("trace", seeds.traces, trace),
  text("live-stack", seeds.liveStacks, parseLiveStack),
  {
    name: "elf",
    seeds: [
      elfMemory(),
      elfFile({ sections: symbolSections([["draw", 0x40_1000, 16]]), notes: goNote() }),
      elfFile({ bits: 32, order: "BE", interpreter: "/lib/ld.so" }),
    ],
    mostBytes: 4096,
    read: elf,
  },
  { name: "unwind", seeds: [frames(), elfMemory()], mostBytes: memoryBytes, read: unwind },
  {
    name: "tar",
    seeds: [
      archive(pax({ path: "sos/dmesg" }), member({ path: "x", size: 3 }, "abc"), member({ path: "b/c" }, "hello")),
    ],
    mostBytes: 8192,
    read: tar,
  },
  { name: "varlink", seeds: seeds.varlink.map((one) => Buffer.from(one)), mostBytes: 4096, read: varlink },
  { name: "state", seeds: seeds.states().map((one) => Buffer.from(one)), mostBytes: 30_000, read: state },
  {
    name: "alerts",
    seeds: seeds.alerts.map((one) => Buffer.from(one)),
    mostBytes: 4096,
    read: async (input) => alerts(await alertConfig(input.toString("utf8"))),
  },
  text("command-line", seeds.commandLines, armAndDisarm),
  text("grub", seeds.grub, grub),
  { name: "http", seeds: seeds.requests.map((one) => Buffer.from(one)), mostBytes: 4096, read: http },
  text("accept", seeds.accepts, acceptedFormat),
  text("proc", seeds.proc, (input) => {
    parseCpuinfo(input);
    parseProcessStat(input);
    parseControlGroup(input);
    parseTaskStatus(input);
    parseMappings(input);
    parseMappedFiles(input);
    parsePollingCall(input, "x64");
    parseKprobeProfile(input);
    probesOfGroup(input, "crngwatch");
    hasFipsHook(input);
    procFiles(input);
  }),
  text("settings", seeds.settings, (input) => {
    const settings = parseUnitFile(input);
    listOf(settings, "Service", "ExecStart");
    wordsOfExec(input);
    parseLinkerConf(input);
    fipsByOpensslConf(input);
    parseUnitTimes(input, input);
    parseBootList(input);
    parsePluginRange(input);
    parseGrubbyEntries(input);
    for (const path of sosFactFiles) withSosFact(noFacts, path, input);
  }),
];
