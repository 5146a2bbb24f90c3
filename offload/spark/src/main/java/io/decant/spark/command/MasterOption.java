package io.decant.spark.command;

import io.decant.config.SparkMaster;
import io.decant.offload.protocol.SparkSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The option {@code --master}, and what follows from it. */
public final class MasterOption {

    private static final String HADOOP_CONF = "HADOOP_CONF_DIR";

    @Option(
            names = "--master",
            paramLabel = "MASTER",
            defaultValue = "local[*]",
            description = "local[*], local[N], yarn, whose configuration is in $HADOOP_CONF_DIR, or spark://HOST:PORT.")
    private String master;

    @Option(
            names = "--conf",
            paramLabel = "PROPERTY=VALUE",
            description = "A property of Spark, such as spark.executor.memory=4g; over what Decant sets.")
    private Map<String, String> conf = Map.of();

    /**
     * The settings of Spark that it stands for.
     *
     * @param application what the cluster shows it as
     * @param tag the beginning of the tag that its application has on YARN
     * @throws ParameterException if it is not a master, or one that needs more
     */
    public SparkSettings settings(CommandSpec spec, String application, String tag, Map<String, String> env) {
        if (!SparkMaster.isOne(master)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--master: '" + master + "' is not a master; write local[*], local[4], yarn or spark://host:7077");
        }
        for (String name : conf.keySet()) {
            if (!name.startsWith("spark.")) {
                throw new ParameterException(
                        spec.commandLine(), "--conf: '" + name + "' is no property of Spark; write spark.something");
            }
        }
        String hadoopConf = env.getOrDefault(HADOOP_CONF, "");
        if (master.equals(SparkSettings.YARN) && hadoopConf.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--master: yarn needs $" + HADOOP_CONF + ", the folder that holds yarn-site.xml");
        }
        SparkSettings local = SparkSettings.local(master);
        return new SparkSettings(
                master,
                application,
                tag + "-" + UUID.randomUUID(),
                hadoopConf.isEmpty() ? "" : Path.of(hadoopConf).toAbsolutePath().toString(),
                local.queue(),
                local.executorMemoryBytes(),
                local.executorCores(),
                local.executorInstances(),
                local.archive(),
                local.host(),
                conf);
    }
}
