import { beforeAll, describe, expect, it } from "vitest";
import { journalEvents } from "../../src/render/journal/journal-events.ts";
import { aWait } from "../support/records/waits.ts";
import { recordIn, reportOf } from "./guests.ts";
import { bootFullMachine } from "./lab/full-machine.ts";
import { REPOSITORY } from "./lab/root/project-files.ts";
import { skipReason } from "./lab/requirements.ts";
import type { Transcript } from "./lab/transcript.ts";

const reason = skipReason("full");
if (reason !== null) console.warn(`Skipped: ${reason}`);

const victim = "[Unit]\nDescription=Waits for randomness\n\n[Service]\nExecStart=/usr/bin/sleep infinity\n";
/**
 * A unit that makes a boot slow and writes nothing meanwhile. Longer than `slowBootSeconds`, and than all else that an
 * emulated boot starts, so that the journal is silent for most of it; a guest sleeps at no cost.
 */
const silentUnit = {
  name: "lab-silent.service",
  file: {
    "/etc/systemd/system/lab-silent.service":
      "[Unit]\nDescription=Nothing to report\n\n[Service]\nType=oneshot\nExecStart=/bin/sleep 40\n\n[Install]\nWantedBy=multi-user.target\n",
  },
} as const;

/** Prints what crngwatch finds in this guest's real journal. Waits until systemd has finished the boot. */
const printSilences = `
finished() { [ "$(systemctl show --value --property FinishTimestampMonotonic)" != 0 ]; }
within 60 finished
section slow
/usr/bin/crngwatch report --json
`;

/**
 * The journal's silence is found, between systemd's own two lines about the unit or within them, and the report names
 * both.
 */
function expectSilence(guest: Transcript): void {
  const record = recordIn(guest.section("slow"));
  const silences = record.units?.silences ?? [];
  const [longest] = silences;
  const seconds = (longest?.to.at ?? 0) - (longest?.from.at ?? 0);
  console.log(`The journal is silent for ${seconds.toFixed(1)} s, ${silences.length} silences of 5 s and more`);
  expect(seconds).toBeGreaterThan(6);
  expect(seconds).toBeLessThan(42);
  expect(longest?.to).toMatchObject({
    by: "systemd",
    text: expect.stringMatching(/^(?:lab-silent\.service: Deactivated|Finished .*Nothing to report)/) as string,
  });
  expect(reportOf(record)).toMatch(
    /lab-silent\.service took 4\d\.\d s; the journal is silent for \d+\.\d s, from '.*' at .* to .systemd: (?:lab-silent|Finished)/,
  );
}

const installed =
  "#!/bin/sh\n/usr/bin/ln -s /opt/crngwatch/bin/crngwatch /usr/bin/crngwatch\nexec /usr/lib/systemd/systemd\n";

/** Waits that are over: enough of them that the boot's summary fits into no datagram. */
const many = Array.from({ length: 260 }, (_, index) =>
  aWait({ pid: 10_000 + index, exe: "x".repeat(1000), from: 0, to: 1, seconds: 1 }),
);

/**
 * Puts the victim's process among the waits of the saved record, as one that waits since the boot's start: later, this
 * CRNG is ready.
 */
const addWaits = `
const fs = require("node:fs");
const saved = JSON.parse(fs.readFileSync("/run/crngwatch/record.json"));
const [open, ...many] = JSON.parse(fs.readFileSync("/lab/waits.json"));
saved.boots[0].waits = [...many, { ...open, pid: Number(process.argv[2]), from: 0 }];
fs.writeFileSync("/run/crngwatch/record.json", JSON.stringify(saved));
`;

const script = `
show() { systemctl show --value --property "$1" "$2"; }
until_active() { for try in $(seq 60); do [ "$(show ActiveState crngwatch.service)" = active ] && return; sleep 1; done; systemctl status crngwatch.service; exit 1; }
entries() { journalctl --boot --output json --all "$@"; }
until_active
${printSilences}
section waits-added
journalctl --update-catalog
systemctl start victim.service
systemctl stop crngwatch.service
node /lab/add-waits.cjs $(show MainPID victim.service)
systemctl start crngwatch.service
until_active
journalctl --sync
section status-text
show StatusText crngwatch.service
section victim-pid
show MainPID victim.service
section victim-status
systemctl status --no-pager --full victim.service
section victim-log
journalctl --boot --unit victim.service --output cat
section explained
journalctl --boot --unit victim.service --catalog --no-pager
section lasts
entries MESSAGE_ID=${journalEvents["wait-lasts"].id}
section metrics
varlinkctl call --more --json=short /run/systemd/report/io.crngwatch io.systemd.Metrics.List '{}' | head -3 | tr -d '\\036'
section frozen
systemctl kill --signal STOP systemd-journald.service
systemctl stop crngwatch.service; echo "exit $?"
systemctl kill --signal KILL systemd-journald.service
systemctl start crngwatch.service; echo "exit $?"
systemctl restart systemd-journald.service
until_active
systemctl stop crngwatch.service
journalctl --sync
section started
entries MESSAGE_ID=${journalEvents.started.id}
section summaries
entries MESSAGE_ID=${journalEvents["boot-summary"].id} | awk '{ print length($0) }'
section all
journalctl --boot --unit crngwatch.service --output short-monotonic --no-hostname
section boots
crngwatch boots; echo "exit $?"
section report
crngwatch report --boot 0 | head -2
`;

describe.skipIf(reason !== null)("the journal of a machine with systemd, on 6.12", () => {
  let guest: Transcript;
  beforeAll(async () => {
    guest = await bootFullMachine({
      enable: ["crngwatch.service", silentUnit.name],
      trustCpu: true,
      files: {
        ...silentUnit.file,
        "/lab/init": installed,
        "/lab/add-waits.cjs": addWaits,
        "/lab/waits.json": JSON.stringify([aWait({ pid: 0, comm: "sleep", unit: "victim.service" }), ...many]),
        "/etc/systemd/system/victim.service": victim,
        "/usr/lib/systemd/catalog/crngwatch.catalog": { from: `${REPOSITORY}/packaging/catalog/crngwatch.catalog` },
      },
      commandLine: "rdinit=/lab/init",
      script,
    });
  });

  const lines = (name: string): readonly string[] => guest.section(name).trimEnd().split("\n");
  const entries = (name: string): readonly Readonly<Record<string, string>>[] =>
    lines(name).map((line) => JSON.parse(line) as Record<string, string>);
  const announced = (): string => `sleep[${lines("victim-pid")[0]}] has waited `;

  it("runs to the end", () => {
    expect(guest.status).toBe(0);
  });

  it("shows a wait in the waiter's own log and status, explained", () => {
    expect(guest.section("victim-log")).toContain(announced());
    expect(guest.section("victim-log")).toMatch(/ s for the CRNG in getrandom \(has libcrypto\.so\.3 loaded\)$/m);
    expect(guest.section("victim-status")).toContain(announced());
    expect(guest.section("explained")).toMatch(
      /Subject: Process \d+ \(sleep\) is blocked on the kernel's random number generator$/m,
    );
    expect(entries("lasts")).toMatchObject([
      {
        _SYSTEMD_UNIT: "crngwatch.service",
        OBJECT_SYSTEMD_UNIT: "victim.service",
        OBJECT_PID: lines("victim-pid")[0],
        PRIORITY: "4",
      },
    ]);
  });

  it("has the longest waiter in STATUS=", () => {
    expect(lines("status-text")[0]).toMatch(
      /^sleep\[\d+\] has waited \d+ s for the CRNG in getrandom \(has libcrypto\.so\.3 loaded\); CRNG ready /,
    );
  });

  it("loses nothing when journald stops, is killed and starts again", () => {
    expect(lines("frozen").filter((line) => line.startsWith("exit"))).toEqual(["exit 0", "exit 0"]);
    // The first start, the one with waits, and the one while journald was away.
    expect(entries("started")).toHaveLength(3);
    // Each stop sums up, and the wait of more than 10 s.
    expect(lines("summaries").length).toBeGreaterThanOrEqual(4);
  });

  it("holds records that fit into no datagram, out of the unit's sandbox", () => {
    expect(Math.max(...lines("summaries").map(Number))).toBeGreaterThan(260_000);
    expect(guest.section("all")).not.toContain("were lost");
  });

  it("lists boots", () => {
    expect(lines("boots").at(-1)).toBe("exit 0");
    expect(lines("boots").at(-2)).toMatch(/^0 .* 261 +\S+\[\d+\].* crngwatch$/);
    expect(lines("report")[1]).toMatch(/^CRNG ready at \d+\.\d{6} s \(kernel log\)$/);
  });

  it("is silent for most of a slow boot: report says so, with the unit and the lines around it", () => {
    expectSilence(guest);
  });

  it("has its metrics where systemd-report looks", () => {
    expect(lines("metrics").map((line) => JSON.parse(line) as unknown)).toContainEqual({
      name: "io.crngwatch.Level",
      value: "ready",
    });
  });
});
