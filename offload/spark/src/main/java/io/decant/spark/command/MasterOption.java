package io.decant.spark.command;

import io.decant.config.SparkMaster;
import io.decant.offload.files.HadoopLogin;
import io.decant.offload.protocol.SparkSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The option {@code --master}, and what follows from it. */
public final class MasterOption {

    private static final Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*:/");
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
            description =
                    "A property of Spark, such as spark.executor.memory=4g; over what Decant sets. A secret goes into a"
                            + " file of options, one a line, which is named as @FILE.")
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

    /**
     * Makes Hadoop's client work where the user has no name, if only this machine is used. To be called before a
     * filesystem is.
     *
     * @param hadoop by the same settings
     * @param paths that the command was given
     */
    public static void login(SparkSettings settings, Configuration hadoop, List<String> paths, Map<String, String> env)
            throws IOException {
        boolean isDefaultLocal = isLocal(FileSystem.getDefaultUri(hadoop).toString());
        HadoopLogin.ensure(
                env,
                !settings.onCluster()
                        && paths.stream()
                                .allMatch(path -> SCHEME.matcher(path).find() ? isLocal(path) : isDefaultLocal));
    }

    private static boolean isLocal(String uri) {
        return uri.startsWith("file:");
    }
}
