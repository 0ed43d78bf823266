/** What is used of the client library, so that a bundle can leave out the rest, which is the most. Loaded on first use. */
// biome-ignore lint/performance/noBarrelFile: it is what makes a bundle smaller.
export {
  AuthenticationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  createConfiguration,
  KubeConfig,
  KubernetesObjectApi,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
} from '@kubernetes/client-node';
