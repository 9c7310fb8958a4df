import org.codelibs.opensearch.runner.OpenSearchRunner;

/** java -cp 'lib/*' OpenSearchNode.java DIR KEY=VALUE...: one OpenSearch node with these settings. */
public class OpenSearchNode {
  public static void main(String[] a) throws Exception {
    var r = new OpenSearchRunner();
    r.setMaxHttpPort(-1);
    r.onBuild((n, s) -> { for (int i = 1; i < a.length; i++) { var kv = a[i].split("=", 2); s.put(kv[0], kv[1]); } });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> { try { r.close(); } catch (Exception e) { } }));
    r.build(OpenSearchRunner.newConfigs().numOfNode(1).basePath(a[0]).clusterName("test").printOnFailure());
    Thread.currentThread().join();
  }
}
