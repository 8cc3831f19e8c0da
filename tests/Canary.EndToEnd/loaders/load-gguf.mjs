// load-gguf.mjs FILE mmap|read: loads a model by llama.cpp as an application does. Exit code 1 and the error where it is refused.
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const [modelPath, how] = process.argv.slice(2);
try {
  const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, progressLogs: false, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath, useMmap: how === "mmap", gpuLayers: 0 });
  console.log(`LOADED ${[...model.iterateAllTokens()].length}`);
  await model.dispose();
  process.exit(0);
} catch (error) {
  console.log(`REFUSED ${error?.message ?? error}`);
  process.exit(1);
}
