package io.decant.offload.capacity;

import io.decant.offload.capacity.YarnCapacity.NodeCapacity;
import io.decant.offload.files.HadoopLogin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.QueueInfo;
import org.apache.hadoop.yarn.api.records.QueueStatistics;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** Asks a resource manager what there is. */
public final class YarnProbe {

    private YarnProbe() {}

    /**
     * Asks, and waits for the answers. Without an answer, Hadoop's client waits for a quarter of an hour unless
     * the configuration says otherwise: callers set {@code yarn.resourcemanager.connect.max-wait.ms}, or interrupt it.
     *
     * @param conf with {@code yarn-site.xml} in it
     * @param queue of which to look at the bound
     * @throws IOException if the resource manager is not reached, or does not know the queue
     */
    public static YarnCapacity read(Configuration conf, String queue) throws IOException {
        try (YarnClient client = YarnClient.createYarnClient()) {
            client.init(new YarnConfiguration(conf));
            client.start();
            List<NodeCapacity> nodes = new ArrayList<>();
            for (NodeReport node : client.getNodeReports(NodeState.RUNNING)) {
                Resources total = resources(node.getCapability());
                Resources used = node.getUsed() == null ? Resources.NONE : resources(node.getUsed());
                nodes.add(new NodeCapacity(node.getNodeId().toString(), total, total.minus(used)));
            }
            QueueInfo found = client.getQueueInfo(queue);
            if (found == null) {
                throw new IOException("YARN has no queue " + queue);
            }
            return new YarnCapacity(
                    nodes,
                    free(found),
                    // YARN gives it only to a client that is about to submit an application; it uses up one id.
                    resources(client.createApplication()
                            .getNewApplicationResponse()
                            .getMaximumResourceCapability()),
                    // Never told. A client's configuration that does not have it gives Hadoop's own, which is large:
                    // rather too few.
                    conf.getLong(
                            YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB,
                            YarnConfiguration.DEFAULT_RM_SCHEDULER_MINIMUM_ALLOCATION_MB));
        } catch (YarnException e) {
            throw new IOException(e.getMessage(), e);
        } catch (IOException e) {
            throw HadoopLogin.explained(e);
        }
    }

    /** What the scheduler says of a queue that it counts; it leaves that out where it does not. */
    private static Optional<Resources> free(QueueInfo queue) {
        QueueStatistics statistics = queue.getQueueStatistics();
        if (statistics == null) {
            return Optional.empty();
        }
        return Optional.of(
                new Resources(statistics.getAvailableMemoryMB(), Math.toIntExact(statistics.getAvailableVCores())));
    }

    private static Resources resources(Resource resource) {
        return new Resources(resource.getMemorySize(), resource.getVirtualCores());
    }
}
