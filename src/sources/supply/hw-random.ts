import { join } from "../../platform/builtins.ts";
import { readText, textOrNull } from "../../platform/pseudo-file.ts";
import { ok, type Source, unable } from "../source.ts";

/** Hardware generators that the kernel's hw_random core knows, virtio-rng among them. */
export const hwRandom: Source = {
  name: "hw-random",
  reads: "/sys/class/misc/hw_random/rng_{current,available,quality}",
  needs: "nothing",
  without: "whether a hardware or virtual generator seeds the CRNG",
  schedule: "unready",
  observe({ roots }) {
    const folder = join(roots.sys, "class/misc/hw_random");
    const read = readText(join(folder, "rng_current"));
    if (read.kind === "absent") return unable("absent", `'${folder}' is not there: no hw_random core in this kernel`);
    if (read.kind !== "ok") return unable(read.kind, `Cannot read '${join(folder, "rng_current")}'`);
    const current = read.value;
    const available = (textOrNull(join(folder, "rng_available")) ?? "").split(/\s+/).filter((name) => name !== "");
    const quality = textOrNull(join(folder, "rng_quality")) ?? "";
    return ok({
      kind: "supply",
      hwRandom: {
        current: current === "" || current === "none" ? null : current,
        available,
        quality: /^\d{1,9}$/.test(quality) ? Number(quality) : null,
        virtio: available.some((name) => name.startsWith("virtio_rng")),
      },
    });
  },
};
