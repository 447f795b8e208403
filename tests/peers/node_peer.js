// PORT: npm asterisk-ami-client as its manual shows it: listen to all events, count by name.
const AmiClient = require("asterisk-ami-client");
const names = {};
let events = 0;
const begin = process.hrtime.bigint();
const client = new AmiClient({reconnect: false, keepAlive: false});
client.on("event", (event) => {
  if (event.Event === "UserEvent" && event.UserEvent === "PeersEnd") {
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
    console.log(JSON.stringify({events, names, seconds}));
    process.exit(0);
  }
  if (!event.Timestamp) return;
  names[event.Event] = (names[event.Event] || 0) + 1;
  events += 1;
});
client.connect("peer", "peer", {host: "127.0.0.1", port: Number(process.argv[2])})
  .catch((why) => { console.error(why); process.exit(1); });
