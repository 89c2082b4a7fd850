import type { Call, VarlinkInterface } from "../varlink/interface.ts";
import type { BootRecord } from "../core/boot-record.ts";
import { reportFamilies, reportMetrics } from "../render/metrics/report-metrics.ts";

/** The interface by which systemd-report(1) collects from every socket in /run/systemd/report (systemd 260+). */
const metricsInterfaceName = "io.systemd.Metrics";

/** The interface for the metrics of `source`: systemd-report requires that their names begin with its socket's. */
export function metricsInterface(source: string, record: () => BootRecord): VarlinkInterface {
  const families = reportFamilies.map(({ name, description, type }) => ({
    name: `${source}.${name}`,
    description,
    type,
  }));
  return {
    name: metricsInterfaceName,
    description: interfaceDescription,
    methods: [
      {
        name: "List",
        parameters: {},
        streaming: "required",
        call: (_, call) => replyEach(call, reportMetrics(source, record())),
      },
      { name: "Describe", parameters: {}, streaming: "required", call: (_, call) => replyEach(call, families) },
    ],
  };
}

function replyEach(call: Call, replies: readonly object[]): void {
  for (const [index, reply] of replies.entries()) {
    if (!call.reply({ ...reply }, { continues: index < replies.length - 1 })) return;
  }
}

/** As systemd 262 describes it (src/shared/varlink-io.systemd.Metrics.c). */
const interfaceDescription = `# Metrics APIs
interface io.systemd.Metrics

# An enum representing various metric family types
type MetricFamilyType(
  # A counter metric family type which is a monotonically increasing value
  counter,
  # A gauge metric family type which is a value that can go up and down
  gauge,
  # A string metric family type
  string,
  # An object metric family type whose value is an arbitrary JSON object
  object
)

# Method to get a list of metrics among which the collection of related metrics forms a metric family
# [Requires 'more' flag]
method List() -> (
  # Metric family name
  name: string,
  # Metric object name
  object: ?string,
  # Metric fields are values to differentiate between different metrics in the same metric family
  fields: ?object,
  # Metric value
  value: any
)

# Method to get the metric families
# [Requires 'more' flag]
method Describe() -> (
  # Metric family name
  name: string,
  # Metric family description
  description: string,
  # Metric family type
  type: MetricFamilyType
)

# No such metric found
error NoSuchMetric()
`;
