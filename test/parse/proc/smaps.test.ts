import { describe, expect, it } from "vitest";
import { cleanMappings } from "../../../src/parse/proc/smaps.ts";

function mapping(header: string, copiedKiB = 0): string {
  return `${header}
Size:               1024 kB
Rss:                 512 kB
Private_Clean:        12 kB
Referenced:          512 kB
Anonymous:      ${String(copiedKiB).padStart(8)} kB
AnonHugePages:         0 kB
VmFlags: rd ex mr mw me sd
`;
}

const node = "/usr/bin/node";

describe("cleanMappings", () => {
  it("names where a file is mapped read-only, by address and length", () => {
    const smaps = [
      mapping(`00400000-00500000 r--p 00000000 08:01 1234                               ${node}`),
      mapping(`00500000-01500000 r-xp 00100000 fd:1a 1234                               ${node}`),
    ].join("");
    expect(cleanMappings(smaps, node)).toEqual([
      { start: 0x40_0000, bytes: 0x10_0000 },
      { start: 0x50_0000, bytes: 0x100_0000 },
    ]);
  });

  it("leaves out what was written: relocations that are read-only since, and a breakpoint's page", () => {
    const smaps = [
      mapping(`00400000-00500000 r--p 00000000 08:01 1234                               ${node}`, 4),
      mapping(`00500000-01500000 r-xp 00100000 08:01 1234                               ${node}`, 8),
      mapping(`01500000-01600000 rw-p 01100000 08:01 1234                               ${node}`),
      mapping(`01600000-01700000 r--s 01100000 08:01 1234                               ${node}`),
      mapping(`01700000-01800000 ---p 01100000 08:01 1234                               ${node}`),
    ].join("");
    expect(cleanMappings(smaps, node)).toEqual([]);
  });

  it("leaves out other files, memory without one, and a mapping of which the kernel shows no count", () => {
    const smaps = [
      `00400000-00500000 r--p 00000000 08:01 1234                               ${node}\nSize: 1 kB\n`,
      mapping("00500000-01500000 r-xp 00100000 08:01 1235                               /usr/lib/libc.so.6"),
      mapping(`00500000-01500000 r-xp 00100000 08:01 1235                               ${node} (deleted)`),
      mapping("7f0000000000-7f0000100000 rw-p 00000000 00:00 0 "),
      mapping("7fff00000000-7fff00100000 r-xp 00000000 00:00 0                          [vdso]"),
    ].join("");
    expect(cleanMappings(smaps, node)).toEqual([]);
    expect(cleanMappings("", node)).toEqual([]);
    expect(cleanMappings(smaps, `${node} (deleted)`)).toEqual([{ start: 0x50_0000, bytes: 0x100_0000 }]);
  });
});
