package io.decant.spark.driver;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationsRequest;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What drivers before this one have left on YARN, whose batches this one does anew. Stateless. */
final class EarlierApplications {

    private static final Set<YarnApplicationState> UNFINISHED = EnumSet.of(
            YarnApplicationState.NEW,
            YarnApplicationState.NEW_SAVING,
            YarnApplicationState.SUBMITTED,
            YarnApplicationState.ACCEPTED,
            YarnApplicationState.RUNNING);

    private static final Logger log = LoggerFactory.getLogger(EarlierApplications.class);

    private EarlierApplications() {}

    /**
     * Ends those that have the tag: a driver that died may leave one behind that holds its containers for a while.
     *
     * @param tag of one server and journal alone
     * @throws IOException when the resource manager is not reached, or does not let us
     */
    static void end(Configuration hadoop, String tag) throws IOException {
        GetApplicationsRequest request = GetApplicationsRequest.newInstance();
        request.setApplicationTags(Set.of(tag));
        request.setApplicationStates(EnumSet.copyOf(UNFINISHED));
        try (YarnClient yarn = YarnClient.createYarnClient()) {
            yarn.init(new YarnConfiguration(hadoop));
            yarn.start();
            for (ApplicationReport application : yarn.getApplications(request)) {
                log.warn("application {} of an earlier driver is ended", application.getApplicationId());
                yarn.killApplication(application.getApplicationId());
            }
        } catch (YarnException e) {
            throw new IOException("YARN does not end the applications of an earlier driver: " + e.getMessage(), e);
        }
    }
}
