/** The interface in Varlink's own language (varlink.org): each type of the record, field by field. */
export const bootInterfaceDescription = `# crngwatch: when this boot's CRNG became ready, who used it before that, and why it was late.
# Times are seconds since the boot's start, lines are 1-based, and null is what is not known.
interface io.crngwatch

# When the log's keeper took a line in that has no stamp of the kernel's; clock: monotonic (the journal) or wall (a difference from the boot's first line).
type NotedAt (clock: string, seconds: float)
# By a log's wall clock, in seconds; since: first-line, or writer-start (the journal or syslog daemon, an unknown while after the boot's start).
type WallInterval (since: string, notBefore: ?float, notAfter: float)
# By a wall clock, in ISO 8601 as far as it shows: "2016-03-22T18:17:17+01:00", "--03-22T18:17:17" (no year), "T18:17:17"; notBefore null: at any moment before.
type WallSpan (notBefore: ?string, notAfter: string)
type Logged (at: ?float, noted: ?NotedAt, line: ?int, seq: ?int)
type Kernel (release: ?string, version: ?string, buildId: ?string, commandLine: ?string)
# cause: what shows the cause of readiness, or what would show it.
type Basis (notBefore: ?string, notAfter: ?string, cause: ?string)

# level: unknown, unseeded, early or ready; settled is false where it may be higher than this. forgeable: it rests on a line that any user could have made the kernel print.
type Readiness (
  level: string,
  settled: bool,
  readyAt: ?float,
  notBefore: ?float,
  notAfter: ?float,
  exact: bool,
  evidence: ?string,
  line: ?int,
  forgeable: bool,
  noted: ?NotedAt,
  byWallClock: ?WallInterval,
  wall: ?WallSpan,
  cause: string,
  basis: Basis
)

# What a caller meets, which is not always the CRNG's state; reason says why where they differ.
type Callers (wouldWait: ?bool, reason: ?string, getrandom: ?bool, devRandom: ?bool)

type EarlyUse (at: ?float, noted: ?NotedAt, line: ?int, seq: ?int, kind: string, name: string, bytes: ?int, bits: ?int)
type Reseed (at: ?float, noted: ?NotedAt, line: ?int, seq: ?int, reason: string)
type Parent (pid: int, comm: ?string)
# Of PID 1: between two execve(2) of it, as the recorder saw them; until: null where it had executed no other program.
type ProgramTime (from: float, until: ?float)
type Request (syscall: string, bytes: int, flags: int)
type Frame (file: ?string, function: ?string, offset: ?int, buildId: ?string, byFramePointer: bool)
# Who called, as far as it is proven; library: null where the program's own file did. how: stack, request or frames. libraries of a wait are candidates only.
type Caller (
  library: ?string,
  function: ?string,
  offset: ?int,
  buildId: ?string,
  how: string,
  fromConstructor: ?bool,
  stack: []Frame,
  request: ?Request
)
# generator: what it waited for, crng or drbg (the FIPS generator of some kernels). times: how often; if more than once, seconds is what is known of them together.
type Wait (
  pid: ?int,
  tid: ?int,
  namespacePid: ?int,
  comm: ?string,
  exe: ?string,
  commandLine: ?string,
  startedAt: ?float,
  parent: ?Parent,
  unit: ?string,
  unitSource: ?string,
  container: ?string,
  libraries: []string,
  librariesSource: ?string,
  runtime: ?string,
  fips: ?bool,
  fipsWhy: ?string,
  interface: string,
  interfaceSeen: bool,
  generator: string,
  times: int,
  polls: bool,
  request: ?Request,
  caller: ?Caller,
  program: ?ProgramTime,
  userStack: []string,
  gatheredJitter: ?bool,
  from: ?float,
  notBefore: ?float,
  seenAt: ?float,
  to: ?float,
  ended: ?string,
  endShown: bool,
  errorSeconds: ?float,
  seconds: ?float,
  evidence: string,
  line: ?int
)
# What waiting cost this boot: seconds in which at least one task waited, and PID 1's part; a minimum if not complete.
type Cost (seconds: float, firstProcessSeconds: float, tasks: int, complete: bool)
# When a unit of this boot left the state inactive and was active (or done), by systemd's stamps, and what it is ordered after.
type Unit (name: string, startedAt: float, doneAt: ?float, after: []string)
# A time in which the journal of a slow boot has no line, between these two; null where the boot was not slow.
type JournalMoment (at: float, by: string, text: string)
type JournalSilence (from: JournalMoment, to: JournalMoment)
type UnitTimes (initrdAt: ?float, userspaceAt: ?float, finishedAt: ?float, units: []Unit, silences: ?[]JournalSilence)
# A unit that became active later: what its own tasks waited, and what it was held by units before it.
type DelayedUnit (name: string, ownSeconds: float, heldSeconds: float, behind: ?string)
type ChainLink (name: string, startedAt: float, doneAt: float)
# The boot without what its tasks provably waited; the chains begin with the unit that was active last.
type CorrectedBoot (
  finishedAt: float,
  withoutWaitsAt: float,
  firstProcessSeconds: float,
  delayed: []DelayedUnit,
  chain: []ChainLink,
  chainWithoutWaits: []ChainLink
)
# A program of the early boot that would wait if the CRNG were not ready.
type Suspect (unit: ?string, exe: string, libraries: []string, why: string)
# The flight recorder of this boot.
type Recorder (armed: bool, sees: string, seesFipsGenerator: bool, recording: ?bool, events: int, problem: ?string)
# The part of the boot that a log file shows; null where the daemon itself observed.
type Covers (
  firstLine: ?int,
  lastLine: ?int,
  firstAt: ?float,
  lastAt: ?float,
  fromStart: bool,
  stamps: string,
  marksRecords: bool,
  wall: ?WallClock,
  forged: ?ForgedLines
)
# shows: date, no-year or time-of-day; zone: as the log writes it; adjusted: back or ahead; began: the boot's start.
type WallClock (
  resolution: float,
  sinceWriter: bool,
  shows: ?string,
  zone: ?string,
  adjusted: ?string,
  first: ?string,
  began: ?WallSpan
)
# Lines that look like messages of the kernel's and are a part of another record; line and text are the first one's.
type ForgedLines (count: int, line: ?int, text: string)
type Gap (source: string, from: ?float, to: ?float, lost: ?int)
type Source (name: string, health: string, detail: ?string)
# The answer to "was it the CRNG?": crng is cause, innocent or undecided, strength is shown or likely.
type Reason (text: string, line: ?int)
type VerdictWaiter (name: string, line: ?int, seconds: ?float)
type Pointer (line: ?int, kind: string, text: string)
type Verdict (
  crng: string,
  strength: ?string,
  rule: string,
  sentence: string,
  because: []Reason,
  waiters: []VerdictWaiter,
  lookAt: []Pointer,
  remedies: []Remedy
)
# A wait that a log reports other than by a stack.
type ReportedWait (
  by: string,
  name: ?string,
  line: ?int,
  at: ?float,
  seconds: ?float,
  open: bool,
  proof: string,
  text: string
)
# A line of a log that shows something other than the CRNG.
type Sign (
  kind: string,
  gravity: string,
  line: ?int,
  at: ?float,
  text: string,
  name: ?string,
  inRandomCode: bool,
  byTimeout: bool
)
# What would help. where is here, that-machine, hypervisor, provider or container-host; saves: what it would have
# saved in this boot, null where that is not known, or where it is for knowing more.
type RemedyPrice (security: ?string, processor: ?string, reboot: bool)
type RemedySaving (bootSeconds: ?float, waitSeconds: ?float)
type Remedy (
  id: string,
  text: string,
  command: ?string,
  where: string,
  price: RemedyPrice,
  saves: ?RemedySaving
)
type Finding (id: string, severity: string, summary: string, detail: string, remedies: []Remedy)
type Anomaly (id: string, detail: string)

# The boot record of the schema crngwatch.boots/1.
type BootRecord (
  file: ?string,
  bootId: ?string,
  kernel: Kernel,
  verdict: Verdict,
  readiness: Readiness,
  callers: Callers,
  earlyInit: ?Logged,
  earlyUses: []EarlyUse,
  missedWarnings: int,
  waits: []Wait,
  cost: Cost,
  reportedWaits: []ReportedWait,
  signs: []Sign,
  course: ?object,
  units: ?UnitTimes,
  correctedBoot: ?CorrectedBoot,
  suspects: []Suspect,
  recorder: ?Recorder,
  reseeds: []Reseed,
  fips: ?bool,
  gaps: []Gap,
  covers: ?Covers,
  sources: []Source,
  findings: []Finding,
  anomalies: []Anomaly,
  supply: object,
  host: ?object,
  platform: ?object,
  generators: ?object,
  self: ?object,
  observed: object,
  dropped: [string]int
)

# Everything known of this boot.
method GetRecord() -> (record: BootRecord)

# Whether the CRNG delayed this boot, in one sentence; its state, in one line and as fields.
method GetReadiness() -> (verdict: string, text: string, readiness: Readiness, callers: Callers)

# The verdict, the CRNG's state and a line for each finding, and what an exit code is made of. unitTimesMayDecide: the verdict is not shown, and systemd's time stamps, which the daemon does not request, may show it.
method GetStatus() -> (text: string, level: string, settled: bool, unitTimesMayDecide: bool)

# The process that answers.
method GetDaemon() -> (pid: int)

# The CRNG's state now, then each change as it happens.
# [Requires 'more' flag]
method Watch() -> (text: string, readiness: Readiness)
`;
