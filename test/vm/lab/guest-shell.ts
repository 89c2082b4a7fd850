import { GUEST_MODULES } from "./root/kernel-modules.ts";
import { GUEST_PROJECT } from "./root/project-files.ts";

/** Where the guest's script, and the functions it is given, lie. */
export const GUEST_SCRIPT = "/lab/script";
export const GUEST_FUNCTIONS = "/lab/functions";
export const GUEST_RUNNER = "/lab/run";
/** programs/pass-on.c. */
export const GUEST_PASS_ON = "/lab/pass-on";

/** programs/ask.c. */
export const GUEST_ASK = "/lab/ask";

/** The lines by which the host separates the script's own output from the rest. */
export const START_MARKER = "@lab start";
export const END_MARKER = "@lab end";
export const CLONE_MARKER = "@lab clone";
export const LATE_MARKER = "@lab not in time:";

/** What every guest script may call. Nothing here draws random bytes, except `consume`, whose purpose that is. */
export const FUNCTIONS = `
# section NAME: what follows belongs to NAME, up to the next section.
section() { echo "== $*"; }

# uptime: seconds since this kernel started. A builtin, so that asking costs no process.
uptime() { read -r lab_uptime _ </proc/uptime; echo "$lab_uptime"; }

# within SECONDS COMMAND...: runs the command again and again until it succeeds. Fails, and says so, once so many
# seconds have passed in the guest. A fixed sleep is right only on a machine that is as fast as the one it was tried on.
# What does not come soon is asked for seldom: asking 50 times a second is a tenth of what a start of the daemon costs.
within() {
  read -r lab_uptime _ </proc/uptime; lab_last=$((\${lab_uptime%.*} + $1)); lab_pauses="0.02 0.02 0.02 0.02 0.1"; shift
  until "$@"; do
    read -r lab_uptime _ </proc/uptime
    [ "\${lab_uptime%.*}" -lt $lab_last ] || { echo "${LATE_MARKER} $*"; return 1; }
    sleep "\${lab_pauses%% *}"; lab_pauses=\${lab_pauses#0.02 }
  done
}

# reads_input PID: whether it is blocked in read(2) of its standard input. By its system call: x86 kernels before 5.16
# show no wchan (get_wchan() followed frame pointers, which they do not have).
reads_input() { grep -q '^0 0x0 ' /proc/$1/syscall; }

# kmsg MESSAGE: writes to the kernel log.
kmsg() { echo "$*" >/dev/kmsg; }

# consume: waits for the CRNG like any program that needs random bytes, and so ends the unready state.
# By its path: the shell would run its own dd inside a process that is named after the shell.
consume() { /usr/bin/dd if=/dev/random of=/dev/null bs=1 count=1 2>/dev/null; }

# load MODULE...: inserts kernel modules that the test named, with all they depend on.
load() {
  for lab_module; do
    while read -r lab_file; do
      grep -q "^$(basename "$lab_file" .ko) " /proc/modules || insmod "$lab_file" || return
    done <${GUEST_MODULES}/$lab_module.list || return
  done
}

# clone: where the test asks for it, the machine is saved in the time after this and continues as a copy.
clone() { echo "${CLONE_MARKER}"; }

crngwatch() { ${GUEST_PROJECT}/bin/crngwatch "$@"; }

# record [SOCKET]: the daemon's record, as it answers Varlink's GetRecord. Two seconds later, which cost nothing: the
# daemon samples once a second, and shall have taken in what the script did before.
record() { sleep 2; ${GUEST_ASK} "\${1:-/run/crngwatch/io.crngwatch}" io.crngwatch.GetRecord; }
`;

/**
 * Runs the script with its output on the second serial port, between the two markers; a firmware may have written there
 * before. The port is raw, so that a line
 * ends with a line feed alone. The script gets a pipe and not the port itself, since a program that writes to a
 * terminal uses colours and columns. What copies it ends at the last marker, even where the script has left a process
 * after that holds the pipe open (cat would not), and it has passed on all that there is when the time is out.
 */
export const RUNNER = `#!/bin/sh
stty -F /dev/ttyS1 raw -echo
mkfifo /run/lab-output
${GUEST_PASS_ON} '${END_MARKER} ' </run/lab-output >/dev/ttyS1 &
exec 3>/run/lab-output
read -r release </proc/sys/kernel/osrelease
printf '\\n${START_MARKER} %s\\n' "$release" >&3
sh -c '. ${GUEST_FUNCTIONS}; . ${GUEST_SCRIPT}' </dev/null >&3 2>&1 3>&-
printf '\\n${END_MARKER} %s\\n' $? >&3
wait $!
`;

/** PID 1 of the micro machine: a shell, since a shell draws no random bytes. */
export const MICRO_INIT = `#!/bin/sh
export PATH=/usr/bin:/usr/sbin HOME=/root TERM=dumb LC_ALL=C
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tracefs tracefs /sys/kernel/tracing
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
ifconfig lo up
hostname lab
${GUEST_RUNNER}
poweroff -f
`;
