import { describe, it } from "vitest";
import { LogReader } from "../../src/parse/log/log-reader.ts";
import { hostileFamilies } from "../support/inputs/hostile-texts.ts";
import { printFigure } from "./side-by-side.ts";

const megabyte = 1 << 20;
const mostTimes = 5;

/** What an ordinary dmesg is made of. */
const ordinary = [
  "usb 1-1: new high-speed USB device number 2 using xhci_hcd",
  "pci 0000:00:1f.3: [8086:a348] type 00 class 0x040300",
  "EXT4-fs (sda1): mounted filesystem with ordered data mode. Opts: (null)",
  "systemd[1]: Started Journal Service.",
  'audit: type=1400 audit(1685.1:32): apparmor="STATUS" operation="profile_replace" profile="unconfined"',
];

/** As rare as in a boot that reads early. */
const message = "random: systemd: uninitialized urandom read (16 bytes read)";

function ordinaryLine(index: number): string {
  const text = index % 500 === 0 ? message : ordinary[index % ordinary.length];
  return `[${(index / 1000).toFixed(6).padStart(12)}] ${text}`;
}

function textOf(line: (index: number) => string): Buffer {
  const parts: string[] = [];
  for (let length = 0, index = 0; length < megabyte; index++) {
    const text = `${line(index)}\n`;
    parts.push(text);
    length += text.length;
  }
  return Buffer.from(parts.join(""));
}

/** Processor time, in milliseconds for each megabyte, of reading a log: the best of several runs. */
function cost(text: Buffer): number {
  const runs = Array.from({ length: 2 }, () => {
    const before = process.cpuUsage();
    const reader = new LogReader("boot.log");
    for (let at = 0; at < text.length; at += 1 << 16) reader.push(text.subarray(at, at + (1 << 16)));
    reader.end();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return (Math.min(...runs) * megabyte) / text.length;
}

describe(`hostile lines against an ordinary dmesg, Node ${process.version}`, () => {
  it(`${hostileFamilies.length} families, a megabyte each`, () => {
    const dmesg = textOf(ordinaryLine);
    cost(dmesg);
    const usual = cost(dmesg);
    const costs = hostileFamilies
      .map(({ kind, line }) => ({ kind, times: cost(textOf(line)) / usual }))
      .toSorted((a, b) => b.times - a.times);
    printFigure("an ordinary dmesg", `${usual.toFixed(0)} ms/MiB`, "-");
    for (const { kind, times } of costs)
      printFigure(kind.slice(0, 44), `${times.toFixed(2)} times`, `${mostTimes} or less`);
    const slow = costs.filter(({ times }) => times > mostTimes);
    printFigure("families above that", `${slow.length} of ${costs.length}`, "0");
  });
});
