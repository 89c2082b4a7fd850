import { join } from "../platform/builtins.ts";
import { exists } from "../platform/pseudo-file.ts";
import type { Roots } from "../platform/roots.ts";
import { armedLine, armLine, disarmLine, kernelStyle } from "../parse/command-line/recorder-line.ts";
import { type BackEnd, inHost, nothingToDo, type Plan } from "./back-end.ts";
import { hostText } from "./loader-entries.ts";

/** The Raspberry Pi's firmware, which reads one line of cmdline.txt, and hands it to the kernel as it is. */
export const raspberryPi: BackEnd = {
  name: "raspberry-pi",
  hosts: "Raspberry Pi",
  changes: "cmdline.txt of the boot partition",
  isHere: (roots) => folderOf(roots) !== null,
  command: () => null,
  file: (roots) => inHost(roots, pathOf(roots)),
  nextBoot: (roots) => ({ armed: armedLine(hostText(pathOf(roots)) ?? "", kernelStyle), problem: null }),
  arm: (roots, recorder) => changeTo(roots, (text) => armLine(text, kernelStyle, recorder)),
  disarm: (roots) => changeTo(roots, (text) => disarmLine(text, kernelStyle)),
};

/** Where the boot partition is mounted: since Debian 12 below /boot. config.txt is the firmware's, too. */
function folderOf({ boot }: Roots): string | null {
  const places = [join(boot, "firmware"), boot];
  return (
    places.find(
      (folder) => exists(join(folder, "cmdline.txt")) === true && exists(join(folder, "config.txt")) === true,
    ) ?? null
  );
}

function pathOf(roots: Roots): string {
  return join(folderOf(roots) ?? roots.boot, "cmdline.txt");
}

function changeTo(roots: Roots, change: (text: string) => string): Plan {
  const before = hostText(pathOf(roots)) ?? "";
  const after = change(before);
  return after === before ? nothingToDo : { files: [{ path: pathOf(roots), before, after }], commands: [] };
}
