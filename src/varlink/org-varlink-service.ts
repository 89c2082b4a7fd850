import type { ServiceInfo, VarlinkInterface } from "./interface.ts";
import { serviceError } from "./errors.ts";
import { isString } from "./parameters.ts";

const NAME = "org.varlink.service";

/** As published (UAPI.20, varlink.org/Service), with the errors that systemd 257 and later know. */
const DESCRIPTION = `# The Varlink service interface: what the service is and which interfaces it has
interface ${NAME}

# What the service is, and the names of its interfaces
method GetInfo() -> (
  vendor: string,
  product: string,
  version: string,
  url: string,
  interfaces: []string
)

# The description of one of its interfaces
method GetInterfaceDescription(interface: string) -> (description: string)

# The service does not have this interface
error InterfaceNotFound (interface: string)

# The interface does not have this method
error MethodNotFound (method: string)

# The interface has this method, but the service does not implement it
error MethodNotImplemented (method: string)

# A parameter is missing, unknown, of the wrong type or out of range
error InvalidParameter (parameter: string)

# The client may not do this
error PermissionDenied ()

# The method replies many times and must be called with 'more'
error ExpectedMore ()
`;

/** The interface that every Varlink service has, describing itself and the given ones. */
export function serviceInterface(info: ServiceInfo, interfaces: readonly VarlinkInterface[]): VarlinkInterface {
  const descriptions = new Map([[NAME, DESCRIPTION], ...interfaces.map(describe)]);
  return {
    name: NAME,
    description: DESCRIPTION,
    methods: [
      {
        name: "GetInfo",
        parameters: {},
        streaming: "no",
        call(_parameters, call) {
          const { vendor, product, version, url } = info;
          call.reply({ vendor, product, version, url, interfaces: [...descriptions.keys()].toSorted() });
        },
      },
      {
        name: "GetInterfaceDescription",
        parameters: { interface: isString },
        streaming: "no",
        call(parameters, call) {
          const name = String(parameters["interface"]);
          const description = descriptions.get(name);
          if (description === undefined) {
            throw serviceError("InterfaceNotFound", { interface: name });
          }
          call.reply({ description });
        },
      },
    ],
  };
}

function describe({ name, description }: VarlinkInterface): [string, string] {
  return [name, description];
}
