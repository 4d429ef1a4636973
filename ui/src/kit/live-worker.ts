// The SharedWorker: browsers open six connections per origin, so all tabs share one stream.
import { LiveHub, type FromTab } from "./live-hub";
import { readStream } from "./live-stream";

const hub = new LiveHub(readStream);
setInterval(() => hub.settle(), 30_000);

(self as unknown as { onconnect: (event: MessageEvent) => void }).onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  port.onmessage = (message: MessageEvent<FromTab>) => {
    hub.receive(port, (answer) => port.postMessage(answer), message.data);
  };
};
