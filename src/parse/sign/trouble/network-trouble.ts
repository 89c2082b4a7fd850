import type { Trouble } from "./trouble.ts";

/** What the kernel, DHCP clients, scripts and cloud agents print while the network, or a server, does not answer. */
export const networkTrouble: readonly Trouble[] = [
  {
    id: "link-is-awaited",
    kind: "network",
    gravity: "notes",
    by: "program",
    program: /^systemd-networkd-wait-online$/,
    pattern:
      /^(\S{1,64}: link (?:is being processed by networkd|is not managed by networkd|is ignored|has no carrier).*)$/,
    says: "The boot waits for the network: $1",
    source: "systemd src/network/wait-online/manager.c",
    examples: ["vlan3: link is being processed by networkd: setup state is configuring."],
    near: ["vlan3: link is configured by networkd and online."],
  },
  {
    id: "kernel-network",
    kind: "network",
    gravity: "breaks",
    by: "any",
    pattern:
      /^(IP-Config: (?:No network devices available|Auto-configuration of network failed|no response after \d{1,6} secs).*|iscsistart: (?:initiator reported error|Could not).*)$/,
    says: "The network that the root file system needs is not there: $1",
    source: "net/ipv4/ipconfig.c, klibc's ipconfig, open-iscsi",
    examples: ["IP-Config: Auto-configuration of network failed", "IP-Config: no response after 60 secs - giving up"],
    near: ["IP-Config: Complete:", "IP-Config: eth0 hardware address 02:00:00:00:00:01 mtu 1500 DHCP"],
  },
  {
    id: "no-lease",
    kind: "network",
    gravity: "notes",
    by: "any",
    pattern:
      /^(No DHCPOFFERS received\.?|No working leases in persistent database.*|udhcpc: no lease.*|no lease, (?:failing|forking to background).*|(?:\S{1,16}: )?timed out|Waiting for interface \S{1,16} to appear\.* ?timeout!|Waiting up to \d{1,4} more seconds for network.*|(?:cloud-init-nonet\[[\d.]{1,16}\]: )?(?:waiting \d{1,4} seconds for network device|gave up waiting for a network device).*|Booting system without full network configuration.*|Determining IP information for \S{1,16}\.{3} ?failed.*|ifup: timed out waiting for .*|IP-Config: (?:Retrying forever|Reopening network devices).*|nfs4?: server \S{1,120} not responding, (?:still trying|timed out).*)$/,
    says: "$1",
    source:
      "isc-dhcp, busybox, dhcpcd, Ubuntu's failsafe.conf and cloud-init-nonet, Buildroot's ifupdown-scripts, initscripts, net/sunrpc",
    examples: [
      "No DHCPOFFERS received.",
      "udhcpc: no lease, failing",
      "Waiting up to 60 more seconds for network configuration...",
      "Waiting for interface eth0 to appear............... timeout!",
      "nfs: server 192.0.2.1 not responding, still trying",
    ],
    near: ["DHCPOFFER of 192.0.2.7 from 192.0.2.1", "udhcpc: lease of 192.0.2.7 obtained, lease time 86400"],
  },
  {
    id: "adapter-not-set-up",
    kind: "network",
    gravity: "notes",
    by: "kernel",
    pattern:
      /^((?:\S{1,40} )?(?:\S{1,40} )?\S{1,24}: (?:Could not attach to PHY|could not attach PHY|no PHY found|Failed to reset the dma|MDIO (?:read|write) timeout|Hw setup failed|.{0,60}\(0x\w{1,6}\) timeout\. Will cause a leak of a command resource|Error \(timeout: \d{1,8}\) msg .*).*)$/,
    says: "$1",
    source: "drivers/net/ethernet, drivers/net/phy",
    examples: [
      "fec 2188000.ethernet eth0: MDIO read timeout",
      "dwmac-sun8i 1c30000.ethernet: Failed to reset the dma",
      "macb ff0e0000.ethernet eth0: Could not attach to PHY",
    ],
    near: ["macb ff0e0000.ethernet eth0: Link is Up - 1Gbps/Full - flow control tx"],
  },
  {
    id: "metadata-given-up",
    kind: "network",
    gravity: "warns",
    by: "any",
    pattern:
      /^((?:\d[\d:., -]{0,32}- )?(?:DataSource\w{1,24}\.py\[(?:CRITICAL|WARNING|ERROR)\]: .{0,24}(?:Giving up|[Ff]ailed|did not).*|url_helper\.py\[(?:ERROR|CRITICAL)\]: .*|util\.py\[WARNING\]: .{0,40}(?:[Ff]ailed|timed out).*)|No instance datasource found!.*|failed run of stage .*|(?:INFO +: )?GET https?:\/\/\S{1,160}: attempt #(?:[3-9]|\d{2,4})|failed to fetch config: .*|(?:op\(\w{1,6}\): ){1,4}\[failed\] {1,6}(?:GET |fetching config).*|Ignition failed.*|Timed out waiting for metadata.*)$/,
    says: "$1",
    source: "cloud-init, Ignition",
    examples: [
      "DataSourceEc2.py[CRITICAL]: Giving up on md from ['http://192.0.2.4/2009-04-04/meta-data/instance-id'] after 126 seconds",
      "GET http://192.0.2.4/openstack/latest/user_data: attempt #5",
      "failed run of stage init-local",
      'op(1): op(2): [failed]   GET "http://192.0.2.4/user-data": dial tcp 192.0.2.4:80: connect: network is unreachable',
    ],
    near: ["GET http://192.0.2.4/openstack/latest/user_data: attempt #1", "DataSourceNone.py[DEBUG]: no data"],
  },
  {
    id: "session-ended",
    kind: "other",
    gravity: "warns",
    by: "program",
    pattern:
      /^(.{0,24}(?:Session never registered, failing|Child process -?\d{1,10} was already dead)\.?.*|Unrecoverable failure in required component .*|Failed to read display number from pipe|Display server (?:stopped|failed to start).*|Failed to start display server.*|Could not start Display server.*)$/,
    says: "The display manager: $1",
    source: "gdm, gnome-session, sddm, lightdm",
    examples: [
      "GdmDisplay: Session never registered, failing",
      "Unrecoverable failure in required component org.example.Shell.desktop",
      "Failed to read display number from pipe",
    ],
    near: ["Display server started.", "Adding new display on vt 7 ..."],
  },
];
