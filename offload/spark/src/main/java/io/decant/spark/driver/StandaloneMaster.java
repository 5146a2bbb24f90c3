package io.decant.spark.driver;

import io.decant.config.SparkMaster;
import io.decant.offload.capacity.Resources;
import io.decant.offload.capacity.StandaloneCapacity;
import io.decant.offload.capacity.YarnCapacity.NodeCapacity;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.DeployMessages.MasterStateResponse;
import org.apache.spark.deploy.DeployMessages.RequestMasterState$;
import org.apache.spark.deploy.master.RecoveryState;
import org.apache.spark.deploy.master.WorkerInfo;
import org.apache.spark.deploy.master.WorkerState;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.RpcTimeout;
import scala.concurrent.duration.FiniteDuration;
import scala.reflect.ClassTag$;

/** Asks the masters of a standalone cluster what there is, by the protocol that Spark's own pages use. Stateless. */
public final class StandaloneMaster {

    private static final String ENDPOINT = "Master";
    private static final int PORT_ANY = 0;
    private static final int ANSWER_SECONDS_MAX = 10;

    private StandaloneMaster() {}

    /**
     * Asks one master after another until an active one answers, each for ten seconds at most.
     *
     * @param conf with the secret, where the cluster has one
     * @throws IOException if none does
     */
    public static StandaloneCapacity capacity(String master, SparkConf conf) throws IOException {
        SparkConf hurried = conf.clone()
                .set("spark.rpc.askTimeout", ANSWER_SECONDS_MAX + "s")
                .set("spark.rpc.lookupTimeout", ANSWER_SECONDS_MAX + "s")
                .set("spark.rpc.io.connectionTimeout", ANSWER_SECONDS_MAX + "s")
                .set("spark.rpc.io.connectionCreationTimeout", ANSWER_SECONDS_MAX + "s");
        List<String> failures = new ArrayList<>();
        Exception last = null;
        for (String hostAndPort : SparkMaster.hostsAndPorts(master)) {
            try {
                return ask(RpcAddress.fromSparkURL("spark://" + hostAndPort), hurried);
            } catch (IOException e) {
                last = e;
                failures.add(hostAndPort + " " + e.getMessage());
            }
        }
        throw new IOException("no active master: " + String.join("; ", failures), last);
    }

    private static StandaloneCapacity ask(RpcAddress address, SparkConf conf) throws IOException {
        String host = DriverAddress.towards(InetAddress.getAllByName(address.host()), address.port())
                .getHostAddress();
        RpcEnv rpc = RpcEnv.create(
                "decantProbe",
                host,
                PORT_ANY,
                conf,
                new SecurityManager(
                        conf,
                        SecurityManager.$lessinit$greater$default$2(),
                        SecurityManager.$lessinit$greater$default$3()),
                true);
        try {
            MasterStateResponse state = rpc.setupEndpointRef(address, ENDPOINT)
                    .askSync(
                            RequestMasterState$.MODULE$,
                            new RpcTimeout(
                                    new FiniteDuration(ANSWER_SECONDS_MAX, TimeUnit.SECONDS), "spark.rpc.askTimeout"),
                            ClassTag$.MODULE$.<MasterStateResponse>apply(MasterStateResponse.class));
            if (!state.status().equals(RecoveryState.ALIVE())) {
                throw new IOException("is " + state.status());
            }
            return capacity(state);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            // Scala declares none of them.
            throw new IOException("does not answer: " + Failure.of(e).message(), e);
        } finally {
            rpc.shutdown();
        }
    }

    private static StandaloneCapacity capacity(MasterStateResponse state) {
        List<NodeCapacity> workers = new ArrayList<>();
        for (WorkerInfo worker : state.workers()) {
            if (worker.state().equals(WorkerState.ALIVE())) {
                workers.add(new NodeCapacity(
                        worker.hostPort(),
                        new Resources(worker.memory(), worker.cores()),
                        new Resources(worker.memoryFree(), worker.coresFree())));
            }
        }
        return new StandaloneCapacity(workers);
    }
}
