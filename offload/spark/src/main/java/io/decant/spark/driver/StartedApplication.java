package io.decant.spark.driver;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationsRequest;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/**
 * What YARN says of the one application that this start of the driver submits: not of those of drivers before, which
 * have the same tag of the server, so each start has a tag of its own as well. For any thread.
 */
final class StartedApplication {

    private static final long CONNECT_MILLIS_MAX = 5_000;
    private static final long RETRY_MILLIS = 1_000;
    /** Of what YARN says; whole stack traces may follow. */
    private static final int SHOWN_CHARS_MAX = 350;

    private static final Set<YarnApplicationState> WAITING = EnumSet.of(
            YarnApplicationState.NEW,
            YarnApplicationState.NEW_SAVING,
            YarnApplicationState.SUBMITTED,
            YarnApplicationState.ACCEPTED);
    private static final Set<YarnApplicationState> ENDED =
            EnumSet.of(YarnApplicationState.FAILED, YarnApplicationState.KILLED);

    private final Configuration hadoop;
    private final String tag = "decant-start-" + UUID.randomUUID();

    StartedApplication(Configuration hadoop) {
        this.hadoop = hurried(hadoop);
    }

    /** The one who starts Spark tries for minutes to reach YARN; who only looks comes again anyhow. */
    private static Configuration hurried(Configuration hadoop) {
        Configuration hurried = new YarnConfiguration(hadoop);
        hurried.setInt("ipc.client.connect.max.retries", 0);
        hurried.setInt("ipc.client.connect.max.retries.on.timeouts", 0);
        hurried.setLong("ipc.client.connect.timeout", CONNECT_MILLIS_MAX);
        hurried.setLong("yarn.resourcemanager.connect.max-wait.ms", RETRY_MILLIS);
        hurried.setLong("yarn.resourcemanager.connect.retry-interval.ms", RETRY_MILLIS);
        return hurried;
    }

    /** Of this start alone; at most 100 characters, which is YARN's bound. */
    String tag() {
        return tag;
    }

    /**
     * What it waits for.
     *
     * @return empty where it runs, or there is none yet
     * @throws IOException where YARN does not answer
     */
    Optional<String> waiting() throws IOException, YarnException {
        return find(WAITING);
    }

    /**
     * Why it has ended, where it failed or was killed.
     *
     * @return empty where it has not ended so
     * @throws IOException where YARN does not answer
     */
    Optional<String> ended() throws IOException, YarnException {
        return find(ENDED);
    }

    private Optional<String> find(Set<YarnApplicationState> states) throws IOException, YarnException {
        try (YarnClient client = YarnClient.createYarnClient()) {
            client.init(hadoop);
            client.start();
            GetApplicationsRequest ours = GetApplicationsRequest.newInstance();
            ours.setApplicationTags(Set.of(tag));
            ours.setApplicationStates(EnumSet.copyOf(states));
            List<ApplicationReport> found = client.getApplications(ours);
            return found.stream().findFirst().map(StartedApplication::told);
        }
    }

    private static String told(ApplicationReport application) {
        String said = diagnostics(application.getDiagnostics());
        return application.getApplicationId() + " is " + application.getYarnApplicationState() + " in queue "
                + application.getQueue() + (said.isEmpty() ? "" : ": " + said);
    }

    /** What is said before a stack trace begins, without the times that stand before some of it, in one line. */
    static String diagnostics(String text) {
        String said = text == null
                ? ""
                : text.lines()
                        .takeWhile(line -> !line.strip().startsWith("at "))
                        .map(line -> line.replaceFirst("^\\[[^\\]]*[0-9]{2}:[0-9]{2}[^\\]]*]", "")
                                .strip())
                        .filter(line -> !line.isEmpty())
                        .collect(Collectors.joining(" "));
        return said.length() <= SHOWN_CHARS_MAX ? said : said.substring(0, SHOWN_CHARS_MAX) + "...";
    }
}
