// Microphone and output: found, chosen, and said plainly when something is missing, before any call.
import { read, set } from "./_store.js";

const KEY = "sangdam-devices";
const kept = JSON.parse(localStorage.getItem(KEY) || "{}");

export async function check() {
  const media = navigator.mediaDevices;
  if (!media?.enumerateDevices) {
    update({ mic: window.isSecureContext ? "missing" : "insecure" });
    return;
  }
  const found = await media.enumerateDevices();
  const inputs = named(found, "audioinput");
  const outputs = "setSinkId" in HTMLMediaElement.prototype ? named(found, "audiooutput") : [];
  let mic = inputs.length ? "ok" : "missing";
  if (mic === "ok") {
    const permission = await microphonePermission();
    if (permission === "denied") mic = "denied";
    if (permission === "prompt") mic = "ask";
  }
  update({
    mic, inputs, outputs,
    input: inputs.some((device) => device.id === kept.input) ? kept.input : "",
    output: outputs.some((device) => device.id === kept.output) ? kept.output : "",
  });
  applyOutput();
}

async function microphonePermission() {
  try {
    const status = await navigator.permissions.query({ name: "microphone" });
    status.onchange = () => check();
    return status.state;
  } catch {
    return "granted"; // the browser does not tell; the first call will ask
  }
}

function named(devices, kind) {
  return devices
    .filter((device) => device.kind === kind)
    .map((device, index) => ({ id: device.deviceId, label: device.label || `${index + 1}` }));
}

/** Ask the browser for the microphone, once, away from any call. */
export async function allowMicrophone() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    stream.getTracks().forEach((track) => track.stop());
  } catch (error) {
    update({ mic: error.name === "NotFoundError" ? "missing" : "denied" });
    return;
  }
  await check();
}

export function choose(kind, id) {
  kept[kind] = id;
  localStorage.setItem(KEY, JSON.stringify(kept));
  update({ [kind]: id });
  if (kind === "output") applyOutput();
}

function applyOutput() {
  const far = document.getElementById("far");
  const { output } = read().devices;
  if (far?.setSinkId) far.setSinkId(output).catch((error) => console.info("output not changed:", error.message));
}

export function constraints() {
  const { input } = read().devices;
  return { audio: input ? { deviceId: { ideal: input } } : true, video: false };
}

function update(changes) {
  set((now) => ({ devices: { ...now.devices, ...changes } }));
}

if (navigator.mediaDevices) navigator.mediaDevices.addEventListener?.("devicechange", () => check());
