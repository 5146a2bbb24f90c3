package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OffloadSettingsTest {

    @TempDir
    Path folder;

    @Test
    void shouldBeOffUnlessASizeIsSet() {
        assertThat(Yaml.load(Yaml.LEAST).offload().isOn()).isFalse();
        assertThat(Yaml.load(Yaml.LEAST, "offload.above=off").offload().isOn()).isFalse();
        assertThat(Yaml.load(Yaml.LEAST, "offload.above=256MiB").offload().above())
                .contains(DataSize.ofMebibytes(256));
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "local[*]", "local[2]", "local[128]"})
    void shouldTakeAMasterOnThisMachine(String master) {
        OffloadSettings offload = Yaml.load(Yaml.LEAST, "offload.above=1MiB", "offload.master='" + master + "'")
                .offload();

        assertThat(offload.master()).isEqualTo(master);
        assertThat(offload.isOnYarn()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "master, local[0], is not a master; write local[*]",
        "master, spark://h, is not a master; write local[*]",
        "master, spark://h:70777, is not a master; write local[*]",
        "master, mesos://h:5050, is not a master; write local[*]",
        "above, 1KiB, is too small; the least is 64KiB",
        "above, on, is not a size",
        "executor-instances, 0, is too small; the least is 1",
        "executor-instances, many, is not a whole number",
        "queue, a b, is not a queue",
        "staging, s3a://bucket/x, is an object store",
        "archive, hdfs:///spark, is not an archive",
        "driver-host, a b, is not a host",
    })
    void shouldRefuseWhatCannotBe(String key, String value, String message) {
        assertThatThrownBy(() -> Yaml.load(Yaml.LEAST, "offload." + key + "='" + value + "'"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("offload." + key)
                .hasMessageContaining(message);
    }

    @Test
    void shouldTakeStagingFromTheFolderOfTheFile() {
        assertThat(Yaml.load(Yaml.LEAST).offload().stagingUri())
                .isEqualTo(URI.create("file:///etc/decant/data/staging"));
        assertThat(Yaml.load(Yaml.LEAST, "offload.staging='hdfs://nn:8020/s'")
                        .offload()
                        .stagingUri())
                .isEqualTo(URI.create("hdfs://nn:8020/s"));
    }

    @Test
    void shouldTakeYarnWithAConfigurationAndStagingThatTheClusterSees() {
        OffloadSettings offload = Yaml.load(
                        Yaml.LEAST,
                        "offload.above=1MiB",
                        "offload.master=yarn",
                        "offload.hadoop-conf=" + folder,
                        "offload.staging='hdfs://nn:8020/s'")
                .offload();

        assertThat(offload.isOnYarn()).isTrue();
        assertThat(offload.hadoopConf()).contains(folder);
    }

    @Test
    void shouldRefuseYarnWithoutThem() {
        assertThatThrownBy(() -> Yaml.load(Yaml.LEAST, "offload.above=1MiB", "offload.master=yarn"))
                .hasMessageContaining("needs offload.hadoop-conf")
                .hasMessageContaining("needs offload.staging on a filesystem that the cluster can access");
        assertThatThrownBy(() ->
                        Yaml.load(Yaml.LEAST, "offload.above=1MiB", "offload.hadoop-conf=" + folder.resolve("absent")))
                .hasMessageContaining("is not a folder; name the one that holds core-site.xml");
    }

    @Test
    void shouldTakeAStandaloneClusterWithStagingThatItSees() {
        OffloadSettings offload = Yaml.load(
                        Yaml.LEAST,
                        "offload.above=1MiB",
                        "offload.master='spark://one:7077,[::1]:7078'",
                        "offload.staging='hdfs://nn:8020/s'")
                .offload();
        assertThat(offload.isOnStandalone()).isTrue();
        assertThat(offload.isOnCluster()).isTrue();
        assertThat(offload.isOnYarn()).isFalse();
        assertThat(offload.isStagingPrivate()).isFalse();
        assertThat(SparkMaster.hostsAndPorts(offload.master())).containsExactly("one:7077", "[::1]:7078");
        assertThatThrownBy(() -> Yaml.load(
                        Yaml.LEAST,
                        "offload.above=1MiB",
                        "offload.master=spark://h:7077",
                        "offload.archive=hdfs://nn:8020/spark.zip"))
                .hasMessageContaining("needs offload.staging on a filesystem that the cluster can access")
                .hasMessageContaining("is for YARN, which unpacks it on its nodes");
    }

    @Test
    void shouldNotLookAtWhatIsOff() {
        assertThat(Yaml.load(Yaml.LEAST, "offload.master=yarn", "offload.hadoop-conf=absent")
                        .offload()
                        .isOn())
                .isFalse();
    }

    @Test
    void shouldNotHaveYarnReadTheDataDirectory() {
        String yaml = Yaml.LEAST + """
                data-dir: /srv/decant/data
                offload: {above: 1MiB, master: yarn, hadoop-conf: /tmp, staging: "file:///srv/decant/data/staging"}
                """;
        assertThatThrownBy(() -> Yaml.load(yaml))
                .hasMessageContaining("offload.staging")
                .hasMessageContaining("lies in data-dir, which no other user can read")
                .hasMessageContaining("set it to a directory outside data-dir");
        assertThat(Yaml.load(yaml, "offload.staging=file:///srv/decant/staging")
                        .offload()
                        .isStagingPrivate())
                .isFalse();
        assertThat(Yaml.load(yaml, "offload.master=local").offload().isStagingPrivate())
                .isTrue();
        assertThat(Yaml.load(yaml, "offload.master=local", "offload.staging=hdfs://nn:8020/staging")
                        .offload()
                        .isStagingPrivate())
                .isFalse();
    }

    @Test
    void shouldHandPropertiesThroughAndHideSecrets() {
        Settings settings = Yaml.load(Yaml.LEAST + """
                offload:
                  properties:
                    spark.executor.extraJavaOptions: -Dx=y
                    spark.ssl.keyPassword: hunter2
                    spark.user: "${USER_NAME}"
                """, Map.of("USER_NAME", "hunter3"));
        Map<String, PropertyValue> properties = settings.offload().properties();

        assertThat(properties.get("spark.executor.extraJavaOptions")).isEqualTo(new PropertyValue("-Dx=y", false));
        assertThat(properties.get("spark.ssl.keyPassword")).isEqualTo(new PropertyValue("hunter2", true));
        assertThat(properties.get("spark.user").value()).isEqualTo("hunter3");
        assertThat(settings.toString() + SettingsPrinter.print(settings))
                .doesNotContain("hunter")
                .contains("-Dx=y");
    }

    @Test
    void shouldTakeAPropertyAsAnOptionAndRefuseWhatIsNoneOfSpark() {
        assertThat(Yaml.load(Yaml.LEAST, "offload.properties.spark.yarn.jars=local:/x")
                        .offload()
                        .properties())
                .isEqualTo(Map.of("spark.yarn.jars", new PropertyValue("local:/x", false)));
        assertThatThrownBy(() -> Yaml.load(Yaml.LEAST, "offload.properties.yarn.jars=x"))
                .hasMessageContaining("offload.properties.yarn.jars")
                .hasMessageContaining("is not a property of Spark");
    }

    @Test
    void shouldRefuseInCodeWhatAFileMayNotSay() {
        OffloadSettings defaults = OffloadSettings.defaults();
        assertThat(List.of(defaults.master(), defaults.queue())).containsExactly("local[*]", "default");
        assertThatThrownBy(() -> new OffloadSettings(
                        defaults.above(),
                        "mesos",
                        defaults.staging(),
                        defaults.hadoopConf(),
                        defaults.queue(),
                        defaults.driverMemory(),
                        defaults.executorMemory(),
                        defaults.executorCores(),
                        defaults.executorInstances(),
                        defaults.archive(),
                        defaults.driverHost(),
                        defaults.properties()))
                .hasMessage("master is not a master; write local[*], local[4], yarn or spark://host:7077");
    }
}
