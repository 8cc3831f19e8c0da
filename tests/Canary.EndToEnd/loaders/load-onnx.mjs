// load-onnx.mjs FILE: loads a model by ONNX Runtime and runs it once. Exit code 1 and the error where it is refused.
import { InferenceSession, Tensor } from "onnxruntime-node";

try {
  const session = await InferenceSession.create(process.argv[2], { executionProviders: ["cpu"], logSeverityLevel: 3 });
  const { y } = await session.run({ x: new Tensor("float32", new Float32Array(256).fill(1), [1, 256]) });
  console.log(`LOADED ${y.dims.join("x")} ${y.data[0].toFixed(6)}`);
  await session.release();
  process.exit(0);
} catch (error) {
  console.log(`REFUSED ${error?.message ?? error}`);
  process.exit(1);
}
