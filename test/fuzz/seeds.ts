import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fullRecord } from "../support/records/full-record.ts";
import { emptyRecord } from "../../src/core/boot-record.ts";
import { bootsHtml } from "../../src/render/page/boots-page.ts";

const fixtures = join(resolve(process.cwd()), "test/fixtures");

/** The beginning of a fixture, so that inputs stay short. */
function part(path: string, from = 0, bytes = 2500): string {
  return readFileSync(join(fixtures, path), "utf8").slice(from, from + bytes);
}

export const kmsg: readonly string[] = [
  part("hosts/early-uses-4.19/host/dev/kmsg"),
  "6,339,5140900,-;NET: Registered PF_INET6\n SUBSYSTEM=net\n DEVICE=n4\n\n5,340,5141000,c;random: crng \n5,341,5141001,+;init done\n",
  "5,7,2104512,-;random: 7 urandom warning(s) missed due to ratelimiting\n30,8,2104600,-,caller=T1;systemd[1]: x\\x0ay\n",
];

export const logs: readonly string[] = [
  part("logs/waiting-6.12/dmesg-sysrq"),
  part("logs/micro-6.1/dmesg"),
  "Nov 24 09:00:01 h1 kernel: Linux version 4.19.0-9-amd64 (x@y) #1 SMP\nNov 24 09:00:01 h1 kernel: random: systemd: uninitialized urandom read (16 bytes read)\nNov 24 09:01:22 h1 kernel: random: crng init done\nNov 24 09:01:22 h1 systemd[1]: Started OpenSSH server daemon.\n",
  "[    0.000000] Linux version 6.9.3 (m@b) #1 SMP\n[    2.1] systemd[1]: Starting Load/Save Random Seed...\n[   94.100000] random: crng init done\n[   94.200000] systemd[1]: Started Load/Save Random Seed.\n[   94.300000] Kernel panic - not syncing: VFS: Unable to mount root fs\n",
  "2026-11-24T09:00:01.123456+01:00 h1 kernel: [    1.000000] random: fast init done\n<5>[    3.000000] random: crng init done\n[Tue Nov 24 09:00:01 2026] random: crng reseeded on system resumption\n",
  "\u001b[0m[\u001b[0;32m  OK  \u001b[0m] Started \u001b[0;1;39mLoad/Save Random Seed\u001b[0m.\r\n[***   ] A start job is running for Load/Save Random Seed (1min 2s / no limit)\r",
  "Panic#2 Part1\n<0>[   60.200000] Kernel panic - not syncing: Fatal exception\ndmesg-efi-2:\nPanic#2 Part2\n.100000] PGD 0\n<5>[   20.000000] random: crng init done\nOops#1 Part1\n<6>[   21.000000] eth0: link up\n",
  "Linux version 5.4.61 (a@b) (gcc) #1 SMP\nusb 1-1: new high-speed USB device number 2 using xhci_hcd\nFreeing unused kernel memory: 264K\nStarting klogd: OK\nrandom: crng init done\nled module loaded\nbox login: \n",
];

export const stacks: readonly string[] = [
  part("logs/hung-6.12/dmesg-waiting", 0, 4000),
  "[  368.774035] INFO: task keygen:2210 blocked for more than 122 seconds.\n[  368.774735] task:keygen          state:D stack:0     pid:2210  tgid:2210  ppid:1      flags:0x00000002\n[  368.774750] Call Trace:\n[  368.774755]  <TASK>\n[  368.774760]  __schedule+0x32f/0x810\n[  368.774770]  schedule+0x2b/0xa0\n[  368.774780]  wait_for_random_bytes+0x98/0x1c0\n[  368.774800]  __x64_sys_getrandom+0x9f/0x120\n[  368.774810]  </TASK>\n",
  "sysrq: Show State\n[   34.7] task:gpgv            state:R  running task     stack:0     pid:313   ppid:1\n[   34.8] Call Trace:\n[   34.9]  try_to_generate_entropy+0x1f0/0x260\n[   34.9]  wait_for_random_bytes+0x80/0x1c0\n",
];

export const tools: readonly string[] = [
  "1min 38.101s systemd-random-seed.service\n      2.310s NetworkManager.service\nStartup finished in 2.1s (kernel) + 1min 2.3s (userspace) = 1min 4.4s\n",
  'execve("/usr/sbin/sshd", ["sshd"], 0x7ff) = 0\ngetrandom("\\x01\\x02"..., 32, 0) = 32 <18.201331>\n(gdb) bt\n#0  0x00007f getrandom () from /lib64/libc.so.6\n#1  0x00007f _gcry_rndgetentropy_gather_random () from /lib64/libgcrypt.so.20\n',
  "  PID TTY      STAT   TIME WCHAN                COMMAND\n  612 ?        D      0:00 wait_for_random_bytes sshd\n# cat /proc/612/stack\n[<0>] wait_for_random_bytes+0x98/0x1c0\n[<0>] __x64_sys_getrandom+0xcc/0x100\n",
];

const entry = {
  __REALTIME_TIMESTAMP: "1732435201000000",
  __MONOTONIC_TIMESTAMP: "2104512",
  _BOOT_ID: "0a775f0e3f0d4c229bbe61fb5e2294fe",
  _TRANSPORT: "kernel",
  SYSLOG_IDENTIFIER: "kernel",
  _SOURCE_MONOTONIC_TIMESTAMP: "2104511",
  MESSAGE: "random: crng init done",
};

export const journalJson: readonly string[] = [
  `${JSON.stringify(entry)}\n${JSON.stringify({ ...entry, MESSAGE: [114, 97, 110, 100, 111, 109, 58, 32, 99] })}\n${JSON.stringify({ ...entry, _TRANSPORT: "stdout", _PID: "1", MESSAGE: null })}\n`,
  `[${JSON.stringify(entry)},\n${JSON.stringify({ ...entry, MESSAGE: ["a", "b"] })}]\n`,
];

const exported = Object.entries(entry)
  .map(([name, value]) => `${name}=${value}\n`)
  .join("");

export const journalExport: readonly Buffer[] = [
  Buffer.from(`__CURSOR=s=1;i=2\n${exported}\n__CURSOR=s=1;i=3\n${exported.replace("crng init", "fast init")}\n`),
  Buffer.concat([
    Buffer.from("__CURSOR=s=1;i=2\nMESSAGE\n"),
    Buffer.from([22, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from("random: crng init done\n_TRANSPORT=kernel\n\n"),
  ]),
];

export const traces: readonly string[] = [
  part("traces/6.17.0-5-generic.txt"),
  part("logs/micro-6.1/trace"),
  "# tracer: nop\n              dd-91      [000] .....     3.000000: wait: (wait_for_random_bytes+0x0/0x60) a={0x33,0x2b,0x1} b={0x0}\n              dd-91      [000] .....     4.500000: waited: (random_read_iter+0x47/0x100 <- wait_for_random_bytes)\n            init-1       [000] .....     1.240452: drbg: (crypto_devrandom_read_iter+0x4/0x1e0)\n            init-1       [000] .....     1.282252: drbgd: (__x64_sys_getrandom+0x9f/0x120 <- crypto_devrandom_read_iter)\nCPU:0 [LOST 12 EVENTS]\n",
];

export const liveStacks: readonly string[] = [
  part("logs/waiting-6.12/stack-getrandom"),
  "[<0>] crypto_devrandom_read_iter+0xde/0x1e0\n[<0>] __x64_sys_getrandom+0x9f/0x120\n",
  "[<0>] ep_poll+0x2f1/0x3b0\n[<0>] do_epoll_wait+0xa8/0xc0\n",
];

export const varlink: readonly string[] = [
  '{"method":"org.varlink.service.GetInfo"}\0{"method":"a.B","parameters":{"name":"x","count":1,"all":null},"more":true}\0',
  '{"parameters":{"x":[1,2,{"y":"\\u202e"}]},"continues":true}\0{"error":"org.varlink.service.MethodNotFound","parameters":{}}\0',
];

/** The value with text that steers terminals in place of each null, and in front of each text. */
function hostile(value: unknown, inPlaceOf: "null" | "text"): unknown {
  if (value === null) return inPlaceOf === "null" ? "\u009b31m\u202e" : null;
  if (typeof value === "string") return inPlaceOf === "text" ? `\u001b[31m\u2028${value}` : value;
  if (Array.isArray(value)) return value.map((one) => hostile(one, inPlaceOf));
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, hostile(one, inPlaceOf)]));
}

export function states(): readonly string[] {
  const record = fullRecord();
  const few = { ...record, waits: record.waits.slice(0, 2) };
  return [
    JSON.stringify(emptyRecord()),
    JSON.stringify(few),
    JSON.stringify(hostile(few, "null")),
    JSON.stringify(hostile(few, "text")),
    JSON.stringify({ ...few, supply: hostile(hostSupply, "text"), gaps: hostile(few.gaps, "text") }),
    bootsHtml([record]),
  ];
}

/** As a record has it of a machine with everything. */
const hostSupply = {
  cpu: { rdrand: true, rdseed: false, other: "x", trusted: true, why: "y" },
  hwRandom: { current: "virtio_rng.0", available: ["a", "b"], quality: 7, virtio: true },
  bootloader: { via: "z", efi: true, trusted: true, why: "w" },
  seedFile: { path: "/var/x", present: true, bytes: 512, credited: true },
  virtualization: { vm: "kvm", container: "podman" },
};

export const alerts: readonly string[] = [
  part("alerts/prometheus/rules.yml", 0, 1500),
  part("alerts/grafana/provisioned.yaml", 0, 2500),
  part("alerts/zabbix/template-3.2.xml", 0, 3500),
  part("alerts/zabbix/template-6.0.yaml", 0, 2500),
  part("alerts/datadog/monitor.json", 0, 2000),
  part("alerts/datadog/monitors.tf", 0, 2000),
  part("alerts/netdata/entropy.conf", 0, 1500),
  part("alerts/nagios/services.cfg", 0, 2000),
  part("alerts/nagios/nrpe.cfg", 0, 1500),
  part("alerts/icinga/entropy.conf", 0, 2000),
  part("alerts/telegraf/kernel.tick", 0, 1500),
  part("alerts/telegraf/task.flux", 0, 1500),
  part("alerts/telegraf/telegraf.conf", 0, 1000),
];

export const commandLines: readonly string[] = [
  "BOOT_IMAGE=(hd0,gpt2)/vmlinuz root=UUID=1b0c ro rhgb quiet fips=1 random.trust_cpu=off",
  'ro kprobe_event="p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes" trace_event=sched:sched_process_exec -- single',
  'a="b c" d=\'e\' "f g=h" trace_buf_size=1M trace_clock=mono kprobe_event=p:mine/x,y',
];

export const grub: readonly string[] = [
  "GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX=\"ro quiet\"\nGRUB_CMDLINE_LINUX_DEFAULT='splash'\n",
  'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX crashkernel=auto" # mine\nexport GRUB_CMDLINE_LINUX_DEFAULT="a \\"b\\" \\\n c"\n',
];

export const requests: readonly string[] = [
  "GET /metrics HTTP/1.1\r\nHost: h\r\nAccept: application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1\r\n\r\nHEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
  "POST /metrics?x=1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
  "GET /nothing HTTP/1.0\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n",
];

export const accepts: readonly string[] = [
  "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1",
  'text/plain; version="0.0.4"; charset=utf-8, application/openmetrics-text; q=0',
];

export const proc: readonly string[] = [
  part("hosts/fips-ignored/host/proc/cpuinfo", 0, 700),
  "812 (key) gen) D 1 812 812 0 -1 4194560 211 0 0 0 2 7 0 0 20 0 1 0 4420 7593984 1022 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0\n",
  "12:cpuset:/\n1:name=systemd:/user.slice/user-1000.slice/user@1000.service/app.slice/a.service\n0::/system.slice/docker-0123456789ab.scope\n",
  "Name:\tsshd\nState:\tS (sleeping)\nTgid:\t612\nPPid:\t1\nvoluntary_ctxt_switches:\t14\n",
  "7f0000000000-7f0000021000 r-xp 00000000 fd:00 131 /usr/lib64/libgcrypt.so.20.4.1\n7ffe000-7fff000 rw-p 00000000 00:00 0 [stack]\n7f00-7f01 r--p 0 00:00 9 /a\\012b (deleted)\n",
  "400000-12800000 r-xp 00000000 fd:00 131                        /usr/bin/node\nSize:              29696 kB\nAnonymous:             0 kB\nVmFlags: rd ex mr mw me sd\n",
  "7 0x7ffd 0x2 0xffffffff 0x0 0x0 0x0 0x7ffd 0x7f\n",
  "  wait    1   0\np:crngwatch/wait wait_for_random_bytes\nffffffff T crypto_devrandom_read_iter\n",
  "CapPrm:\t0000000400080000\nMemTotal:       24 kB\nbtime 1525158764\nmodel name\t: Example CPU\n",
  "318 0x7ffd 0x20 0x0 0x0 0x0 0x0 0x7ffd1000 0x7f0000001234\n",
  "28 1 253:0 / / rw,relatime shared:1 - ext4 /dev/dm-0 rw\n36 28 0:45 / /mnt rw - fuse.sshfs h: rw\n",
  "HOME=/\0OPENSSL_FORCE_FIPS_MODE=1\0GNUTLS_FORCE_FIPS_MODE=1\0",
];

export const settings: readonly string[] = [
  '[Unit]\nAfter=a.service b.service\n[Service]\nExecStart=\nExecStart=-"/usr/sbin/ss hd" -D \\\n $OPTIONS ; /bin/true\n# c\n',
  "include /etc/ld.so.conf.d/*.conf\n/usr/lib64/x=libc6\n",
  "openssl_conf = default\n.include = /etc/x.cnf\n[default]\nalg_section = evp\n[evp]\nfips_mode = yes\ndefault_properties = fips=yes\n",
  "FinishTimestampMonotonic=94100000\nUserspaceTimestampMonotonic=2000000\n\nId=sshd.service\nAfter=basic.target\nInactiveExitTimestampMonotonic=3000000\nActiveEnterTimestampMonotonic=94000000\n",
  "-1 0a775f0e3f0d4c229bbe61fb5e2294fe Tue 2026-11-24 09:00:01 CET—Tue 2026-11-24 10:00:01 CET\n",
  '[{"index":-1,"boot_id":"0a775f0e3f0d4c229bbe61fb5e2294fe","first_entry":1732435201000000,"last_entry":1732435301000000}]',
  "@10:20",
  'index=0\nkernel="/boot/vmlinuz-6.1"\nargs="ro quiet fips=1"\nroot="UUID=1"\n',
  'NAME="Fedora Linux"\nVERSION_ID=41\nPRETTY_NAME=\'Fedora "41"\'\n',
];
