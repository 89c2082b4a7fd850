import { confined } from "../../platform/confined.ts";
import { dirname, fs, join } from "../../platform/builtins.ts";
import { attempt, exists, namesOrNone, textOrNull } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";
import { ok, type Source, unable } from "../source.ts";

/** systemd's seed over boots. It is mixed in always, and credited only where an administrator has configured it. */
export const seedFile: Source = {
  name: "seed-file",
  reads: "size of /var/lib/systemd/random-seed, systemd-random-seed.service's environment in its drop-ins",
  needs: "nothing",
  without: "whether a saved seed is credited",
  schedule: "once",
  observe({ roots }) {
    const path = join(roots.var, "lib/systemd/random-seed");
    const found = attempt(() => fs.statSync(confined(path)).size);
    // Early in the boot /var may not be mounted yet: an absent folder is no absent file.
    const isThere = found.kind === "absent" && exists(dirname(path)) === true ? false : null;
    const { isFound, credited } = credits(roots);
    if (found.kind !== "ok" && isThere === null && !isFound) return unable(found.kind, `Cannot see '${path}'`);
    return ok({
      kind: "supply",
      seedFile: {
        path,
        present: found.kind === "ok" ? true : isThere,
        bytes: found.kind === "ok" ? found.value : null,
        credited,
      },
    });
  },
};

/** `Environment=SYSTEMD_RANDOM_SEED_CREDIT=` of systemd-random-seed.service(8); its default is no. */
function credits(roots: Roots): { readonly isFound: boolean; readonly credited: boolean } {
  const unit = "systemd-random-seed.service";
  const folders = [
    join(roots.usr, "lib/systemd/system"),
    join(roots.run, "systemd/system"),
    join(roots.etc, "systemd/system"),
  ];
  const files = folders.flatMap((folder) => {
    const names = namesOrNone(join(folder, `${unit}.d`)).filter((name) => name.endsWith(".conf"));
    return [join(folder, unit), ...names.map((name) => join(folder, `${unit}.d`, name))];
  });
  const settings = files.map(
    (file) => /^[ \t]*Environment=.*\bSYSTEMD_RANDOM_SEED_CREDIT=["']?(\w+)/m.exec(textOrNull(file) ?? "")?.[1],
  );
  const setting = settings.findLast((one) => one !== undefined);
  return { isFound: setting !== undefined, credited: /^(?:1|yes|y|true|t|on|force)$/i.test(setting ?? "no") };
}
