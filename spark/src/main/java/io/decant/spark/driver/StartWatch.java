package io.decant.spark.driver;

import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.SparkSettings;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationsRequest;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells, while Spark waits for YARN, what YARN says about it: Spark itself says nothing until it has its application master. A thread of its own,
 * from its making to its close.
 */
final class StartWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StartWatch.class);
    private static final long EVERY_SECONDS = 5;
    private static final long CONNECT_MILLIS_MAX = 5_000;
    private static final long RETRY_MILLIS = 1_000;

    private final Configuration hadoop;
    private final String tag;
    private final Consumer<DriverAnswer> answers;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread watch = new Thread(work, "decant-start-watch");
        watch.setDaemon(true);
        return watch;
    });

    StartWatch(SparkSettings settings, Configuration hadoop, Consumer<DriverAnswer> answers) {
        this.hadoop = hurried(hadoop);
        this.tag = settings.tag();
        this.answers = answers;
        var unused = thread.scheduleWithFixedDelay(this::look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    /** Whoever starts Spark tries for minutes to reach YARN; whoever only looks comes again anyhow. */
    private static Configuration hurried(Configuration hadoop) {
        Configuration hurried = new YarnConfiguration(hadoop);
        hurried.setInt("ipc.client.connect.max.retries", 0);
        hurried.setInt("ipc.client.connect.max.retries.on.timeouts", 0);
        hurried.setLong("ipc.client.connect.timeout", CONNECT_MILLIS_MAX);
        hurried.setLong("yarn.resourcemanager.connect.max-wait.ms", RETRY_MILLIS);
        hurried.setLong("yarn.resourcemanager.connect.retry-interval.ms", RETRY_MILLIS);
        return hurried;
    }

    private void look() {
        try (YarnClient client = YarnClient.createYarnClient()) {
            client.init(hadoop);
            client.start();
            GetApplicationsRequest ours = GetApplicationsRequest.newInstance();
            ours.setApplicationTags(Set.of(tag));
            List<ApplicationReport> found = client.getApplications(ours);
            for (ApplicationReport application : found) {
                if (application.getYarnApplicationState() != YarnApplicationState.RUNNING) {
                    answers.accept(new DriverAnswer.Waiting(DriverAnswer.NO_JOB, why(application)));
                }
            }
        } catch (IOException e) {
            answers.accept(new DriverAnswer.Waiting(
                    DriverAnswer.NO_JOB,
                    "YARN does not answer: " + Failure.of(e).message()));
        } catch (YarnException | RuntimeException e) {
            log.debug("YARN does not say why it waits", e);
        }
    }

    private static String why(ApplicationReport application) {
        String said = application.getDiagnostics() == null
                ? ""
                : application.getDiagnostics().strip();
        return application.getApplicationId() + " is " + application.getYarnApplicationState()
                + " in queue " + application.getQueue()
                + (said.isEmpty() ? "" : ": " + said.lines().findFirst().orElse(""));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
