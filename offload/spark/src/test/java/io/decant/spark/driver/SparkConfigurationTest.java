package io.decant.spark.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.protocol.SparkSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkConfigurationTest {

    private static final Path JARS = Path.of("/opt/decant/lib/spark");

    @TempDir
    Path temp;

    @Test
    void shouldTellYarnWhatExecutorsNeed() throws IOException {
        SparkConf conf = conf("", Map.of(), "10.0.0.7");
        assertThat(conf.get("spark.submit.deployMode")).isEqualTo("client");
        assertThat(conf.get("spark.yarn.tags")).isEqualTo("decant-tag");
        assertThat(conf.get("spark.yarn.queue")).isEqualTo("ingest");
        assertThat(conf.get("spark.executor.memory")).isEqualTo("2048m");
        assertThat(conf.get("spark.executor.cores")).isEqualTo("3");
        // Spark's own rule, and what three tasks take off the heap.
        assertThat(conf.get("spark.executor.memoryOverhead")).isEqualTo(384 + 3 * 384 + "m");
        assertThat(conf.get("spark.yarn.populateHadoopClasspath")).isEqualTo("false");
        assertThat(conf.get("spark.executor.extraJavaOptions"))
                .contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
        assertThat(conf.get("spark.yarn.am.extraJavaOptions")).contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
        assertThat(conf.get("spark.driver.host")).isEqualTo("10.0.0.7");
    }

    @Test
    void shouldPointNodesToTheSameFolderWhereThereIsNoArchive() throws IOException {
        SparkConf folder = conf("", Map.of(), "127.0.0.1");
        assertThat(folder.get("spark.yarn.jars")).isEqualTo("local:/opt/decant/lib/spark/*");
        assertThat(folder.get("spark.executorEnv.JAVA_HOME")).isEqualTo(System.getProperty("java.home"));
        assertThat(folder.get("spark.yarn.appMasterEnv.SPARK_LOCAL_IP")).isEqualTo("127.0.0.1");
        SparkConf archive = conf("hdfs://nn:8020/spark.zip", Map.of(), "10.0.0.7");
        assertThat(archive.get("spark.yarn.archive")).isEqualTo("hdfs://nn:8020/spark.zip");
        assertThat(archive.contains("spark.yarn.jars")).isFalse();
        assertThat(archive.contains("spark.executorEnv.JAVA_HOME")).isFalse();
        assertThat(archive.contains("spark.executorEnv.SPARK_LOCAL_IP")).isFalse();
    }

    @Test
    void shouldLetTheSettingsHaveTheLastWord() throws IOException {
        SparkConf conf = conf("", Map.of("spark.executor.memory", "5g", "spark.executor.instances", "9"), "10.0.0.7");
        SparkConfiguration.setExecutors(conf, 2);
        assertThat(conf.get("spark.executor.memory")).isEqualTo("5g");
        assertThat(conf.get("spark.executor.instances")).isEqualTo("9");
    }

    @Test
    void shouldAuthenticateWhereSparkMakesTheSecretOrOneIsSet() throws IOException {
        String on = "spark.authenticate";
        assertThat(conf("", Map.of(), "10.0.0.7").get(on)).isEqualTo("true");
        for (String master : List.of("local", "local[4]", "local[*]")) {
            assertThat(SparkConfiguration.of(SparkSettings.local(master), InetAddress.getLoopbackAddress(), JARS)
                            .get(on))
                    .isEqualTo("true");
        }
        assertThat(conf("", Map.of("spark.master", "spark://host:7077"), "10.0.0.7")
                        .contains(on))
                .isFalse();
        assertThat(conf("", Map.of("spark.master", "spark://host:7077", on + ".secret", "s"), "10.0.0.7")
                        .get(on))
                .isEqualTo("true");
        assertThat(conf("", Map.of(on, "false"), "10.0.0.7").get(on)).isEqualTo("false");
    }

    /** A standalone master counts cores, and its executors find what they need in the driver's folder. */
    @Test
    void shouldTellAStandaloneMasterHowManyExecutorsThereMayBe() throws IOException {
        SparkSettings settings = new SparkSettings(
                "spark://host:7077", "decant", "decant-tag", "", "ingest", 2L << 30, 3, 0, "", "", Map.of());
        SparkConf conf = SparkConfiguration.of(settings, InetAddress.getByName("10.0.0.7"), JARS);
        SparkConfiguration.setExecutors(conf, 4);
        assertThat(conf.get("spark.cores.max")).isEqualTo("12");
        assertThat(conf.get("spark.executor.cores")).isEqualTo("3");
        assertThat(conf.get("spark.executor.memory")).isEqualTo("2048m");
        assertThat(conf.get("spark.executor.extraClassPath")).isEqualTo(JARS + "/*");
        assertThat(conf.contains("spark.yarn.queue")).isFalse();
        assertThat(conf.contains("spark.authenticate")).isFalse();
    }

    /** The next driver finds by its server's tag what this one leaves, whatever else the settings tag. */
    @Test
    void shouldKeepItsTagsBesideThoseOfTheSettings() throws IOException {
        SparkConf conf = conf("", Map.of("spark.yarn.tags", "team-a"), "10.0.0.7");
        SparkConfiguration.addTag(conf, "decant-start-1");
        assertThat(conf.get("spark.yarn.tags").split(",")).containsExactly("team-a", "decant-tag", "decant-start-1");
    }

    @Test
    void shouldHandTheHadoopConfigurationOnKeyByKey() throws IOException {
        Files.writeString(
                temp.resolve("core-site.xml"),
                "<configuration><property><name>fs.defaultFS</name><value>hdfs://nn:8020</value></property></configuration>");
        SparkConf conf =
                SparkConfiguration.of(settings("", temp.toString(), Map.of()), InetAddress.getByName("10.0.0.7"), JARS);
        assertThat(conf.get("spark.hadoop.fs.defaultFS")).isEqualTo("hdfs://nn:8020");
    }

    @Test
    void shouldCloseFilesSoonUnlessSomebodySaysHowLongToTry() throws IOException {
        String key = "dfs.client.block.write.locateFollowingBlock.initial.delay.ms";
        SparkConf soon = conf("", Map.of(), "10.0.0.7");
        assertThat(soon.get("spark.hadoop." + key)).isEqualTo("20");
        Files.writeString(
                temp.resolve("hdfs-site.xml"),
                "<configuration><property><name>" + key + "</name><value>700</value></property></configuration>");
        SparkConf theirs =
                SparkConfiguration.of(settings("", temp.toString(), Map.of()), InetAddress.getByName("10.0.0.7"), JARS);
        assertThat(theirs.get("spark.hadoop." + key)).isEqualTo("700");
        String retries = "spark.hadoop.dfs.client.block.write.locateFollowingBlock.retries";
        assertThat(theirs.contains(retries)).isFalse();
        SparkConf settings = conf("", Map.of(retries, "8"), "10.0.0.7");
        assertThat(settings.get(retries)).isEqualTo("8");
        assertThat(settings.contains("spark.hadoop." + key)).isFalse();
    }

    @Test
    void shouldNameTheFolderWhoseConfigurationCannotBeRead() throws IOException {
        Files.writeString(temp.resolve("yarn-site.xml"), "<configuration><property>");
        assertThatThrownBy(() -> SparkConfiguration.of(
                        settings("", temp.toString(), Map.of()), InetAddress.getByName("10.0.0.7"), JARS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(temp.toString());
    }

    /** The launcher's list, which the build has written down, is Spark's own. */
    @Test
    void shouldOpenTheModulesThatSparkWantsOpened() {
        assertThat(System.getProperty("decant.spark.opens").split(" "))
                .containsExactlyInAnyOrder(JavaModuleOptions.defaultModuleOptions()
                        .replace("-XX:+IgnoreUnrecognizedVMOptions ", "")
                        .split(" "));
    }

    private static SparkConf conf(String archive, Map<String, String> conf, String host) throws IOException {
        return SparkConfiguration.of(settings(archive, "", conf), InetAddress.getByName(host), JARS);
    }

    private static SparkSettings settings(String archive, String hadoopConf, Map<String, String> conf) {
        return new SparkSettings(
                SparkSettings.YARN, "decant", "decant-tag", hadoopConf, "ingest", 2L << 30, 3, 0, archive, "", conf);
    }
}
