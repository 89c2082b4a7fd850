/** To whom a task belongs, by its control group. */
export interface ControlGroup {
  /**
   * The system's unit, for example sshd.service, init.scope, user@1000.service. As systemctl names it, `\x2d` included.
   */
  readonly unit: string | null;
  /** Within a user's service manager: that one's unit. */
  readonly userUnit: string | null;
  /** A container's ID, or the name of one that has none. */
  readonly container: string | null;
}

/**
 * cgroups(7), "/proc files": HIERARCHY:CONTROLLERS:PATH. A path may hold colons, and `(deleted)` where the group is
 * gone.
 */
const membership = /^\d{1,10}:([^:\n]*):(\/[^\n]*)$/gm;
const unitName = /^[\w:.@\\-]+\.(?:service|scope|socket|mount|swap)$/;

/**
 * Reads /proc/PID/cgroup. systemd's own hierarchy names the unit: `name=systemd` in the hybrid and the legacy layout,
 * else the unified one. A container may be named by any hierarchy, where its manager does not use systemd's.
 */
export function parseControlGroup(text: string): ControlGroup {
  const groups = [...text.matchAll(membership)].map(([, controllers = "", path = ""]) => ({
    controllers,
    names: namesOf(path),
  }));
  const systemd =
    groups.find(({ controllers }) => controllers === "name=systemd") ??
    groups.find(({ controllers }) => controllers === "");
  const container = [systemd, ...groups]
    .map((group) => (group === undefined ? null : containerIn(group.names)))
    .find((found) => found !== null);
  return { ...unitsIn(systemd?.names ?? []), container: container ?? null };
}

function namesOf(path: string): readonly string[] {
  // Above the root of our own cgroup namespace a path starts with "..".
  return path
    .replace(/ \(deleted\)$/, "")
    .split("/")
    .filter((name) => name !== "" && name !== "..");
}

/**
 * As cg_path_get_unit() and cg_path_get_user_unit() of systemd: the first name below the slices, then the same below
 * the user's manager.
 */
function unitsIn(names: readonly string[]): Pick<ControlGroup, "unit" | "userUnit"> {
  const at = names.findIndex((name) => !name.endsWith(".slice"));
  const unit = unitOf(names[at]);
  const below = unit !== null && /^user@\d+\.service$/.test(unit) ? names.slice(at + 1) : [];
  return { unit, userUnit: unitOf(below.find((name) => !name.endsWith(".slice"))) };
}

/** cg_escape(): a "_" in front keeps a group's name apart from the kernel's own files. */
function unitOf(name: string | undefined): string | null {
  const bare = name?.replace(/^_/, "") ?? "";
  return unitName.test(bare) ? bare : null;
}

/**
 * How managers name a container's group; the innermost counts. A process that watches over a container from outside
 * (conmon) is not in it.
 */
const containerNames: readonly RegExp[] = [
  // docker, podman, CRI-O, containerd below Kubernetes, each with the systemd driver
  /^(?:docker|libpod|crio|cri-containerd|containerd|nerdctl|buildah)-([0-9a-f]{12,64})\.scope$/,
  // the same with the cgroupfs driver; containerd started with a systemd path and that driver
  /^([0-9a-f]{64})$/,
  /:(?:cri-containerd|crio|docker|nerdctl|default):([0-9a-f]{12,64})$/,
  /^lxc\.payload\.(.+)$/,
  /^systemd-nspawn@(.+)\.service$/,
  // systemd-machined(8); libvirt registers its virtual machines there, too, and those are no containers
  /^machine-(?!qemu\\x2d)(.+)\.scope$/,
];

function containerIn(names: readonly string[]): string | null {
  for (const [index, name] of [...names.entries()].toReversed()) {
    const found = containerNames.map((pattern) => pattern.exec(name)?.[1]).find((id) => id !== undefined);
    if (found !== undefined) return unescaped(found);
    if ((names[index - 1] === "lxc" || names[index - 1] === "lxc.payload") && !name.includes(".")) return name;
  }
  return null;
}

/** systemd.unit(5), "String escaping for inclusion in unit names". */
function unescaped(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
