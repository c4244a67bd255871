package nova.app.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.util.HashedWheelTimer;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The arrows between modules and the conventions that a machine can check. ARCHITECTURE.md
/// explains them.
class ArchitectureTest {
  private static final JavaClasses NOVA =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("nova");

  /// What each module may see of the others; absent means nothing.
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          "core", Set.of(),
          "media", Set.of("core"),
          "framelog", Set.of("media", "core"),
          "segments", Set.of("core"),
          "ingest", Set.of("framelog", "media", "core"),
          "transcode", Set.of("framelog", "media", "core"),
          "packager", Set.of("framelog", "segments", "media", "core"),
          "delivery", Set.of("segments", "media", "core"),
          "control", Set.of("core"),
          "api", Set.of("control", "core"));

  @Test
  void everyModule_hasClassesToCheck() {
    for (String module : ARROWS.keySet()) {
      assertThat(NOVA.stream().anyMatch(c -> c.getPackageName().startsWith("nova." + module)))
          .as("classes of module %s on the class path", module)
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "core",
        "media",
        "framelog",
        "segments",
        "ingest",
        "transcode",
        "packager",
        "delivery",
        "control",
        "api"
      })
  void module_seesOnlyWhatItsArrowsAllow(String module) {
    Set<String> allowed = ARROWS.getOrDefault(module, Set.of());
    String[] forbidden =
        ARROWS.keySet().stream()
            .filter(other -> !other.equals(module) && !allowed.contains(other))
            .map(other -> "nova." + other + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("nova." + module + "..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(forbidden).or(resideInAnyPackage("nova.app..", "nova.bench..")))
        .check(NOVA);
  }

  @Test
  void coreAndMedia_arePure() {
    noClasses()
        .that()
        .resideInAnyPackage("nova.core..", "nova.media..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.net..", "java.nio.file..", "java.util.concurrent..", "org.slf4j..")
                .or(describe("java.time.Clock", c -> c.getName().equals("java.time.Clock"))))
        .check(NOVA);
    classes()
        .that()
        .resideInAPackage("nova.core..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "nova.core..")
        .check(NOVA);
    classes()
        .that()
        .resideInAPackage("nova.media..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "nova.core..", "nova.media..")
        .check(NOVA);
  }

  @Test
  void delivery_seesOfMediaOnlyPlaylistsAndTheCmafReader() {
    noClasses()
        .that()
        .resideInAPackage("nova.delivery..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("nova.media..")
                .and(
                    describe(
                        "not playlists or the CMAF reader",
                        c ->
                            !c.getPackageName().startsWith("nova.media.hls")
                                && !c.getName().startsWith("nova.media.mp4.Cmaf")
                                && !c.getName().endsWith("Exception"))))
        .check(NOVA);
  }

  @Test
  void transports_stayInTheirPackages() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "nova.ingest.transport..",
            "nova.delivery.http..",
            "nova.app.http.transport..",
            "nova.bench..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.netty..")
                // Vert.x hands out Netty's verdict on a malformed request as it is.
                .and(not(type(DecoderResult.class)))
                // Lettuce takes the clock of its commands from outside as one of these.
                .and(not(type(HashedWheelTimer.class))))
        .check(NOVA);
    noClasses()
        .that()
        .resideOutsideOfPackages("nova.delivery.http..", "nova.api..", "nova.app..", "nova.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx..")
        .check(NOVA);
    noClasses()
        .that()
        .resideOutsideOfPackages("nova.app..", "nova.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..", "picocli..")
        .check(NOVA);
  }

  @Test
  void worker_isNotOnTheServersClassPath() {
    assertThat(System.getProperty("java.class.path"))
        .as("jars of the server: the encoder is under the GPL and stays in a process of its own")
        .doesNotContain("nova-worker", "worker/target", "bytedeco");
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("nova.worker..", "org.bytedeco..")
        .check(NOVA);
  }

  @Test
  void rtmpLayers_lookDownOnly() {
    noClasses()
        .that()
        .resideInAPackage("nova.ingest.chunk..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "nova.ingest.message..",
            "nova.ingest.command..",
            "nova.ingest.publish..",
            "nova.ingest.transport..")
        .check(NOVA);
    noClasses()
        .that()
        .resideInAPackage("nova.ingest.message..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("nova.ingest.publish..", "nova.ingest.transport..")
        .check(NOVA);
  }

  @Test
  void packagesOfAModule_haveNoCycles() {
    for (String module : ARROWS.keySet()) {
      slices()
          .matching("nova." + module + ".(*)..")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .check(NOVA);
    }
  }

  @Test
  void clocksAndThreads_comeFromTheCompositionRoot() {
    noClasses()
        .that()
        .resideOutsideOfPackages("nova.app..", "nova.bench..", "nova.cluster..", "nova.testkit..")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callConstructor(Thread.class)
        .orShould()
        .callConstructor(Thread.class, Runnable.class)
        .orShould()
        .callMethod(Thread.class, "startVirtualThread", Runnable.class)
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Executors.class)
        .check(NOVA);
  }

  @Test
  void records_holdNoArraysAndNoMutableCollections() {
    classes()
        .that()
        .areRecords()
        .and()
        .resideOutsideOfPackage("nova.testkit..")
        .should(
            new ArchCondition<JavaClass>("have immutable components") {
              @Override
              public void check(JavaClass item, ConditionEvents events) {
                for (RecordComponent component : item.reflect().getRecordComponents()) {
                  Class<?> type = component.getType();
                  boolean mutable =
                      type.isArray()
                          || (Collection.class.isAssignableFrom(type)
                              && !List.of(List.class, Set.class).contains(type));
                  if (mutable) {
                    events.add(
                        SimpleConditionEvent.violated(
                            item, item.getName() + "." + component.getName() + " is " + type));
                  }
                }
              }
            })
        .check(NOVA);
  }

  @Test
  void names_sayWhatAThingIs() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Helper|Utils?|Impl|Processor|Info)")
        .orShould()
        .haveSimpleName("I[A-Z].*")
        .check(NOVA);
  }

  @Test
  void staticFields_areFinal() {
    fields()
        .that()
        .areStatic()
        .and()
        .areDeclaredInClassesThat()
        .resideInAPackage("nova..")
        .should()
        .beFinal()
        .check(NOVA);
  }

  @Test
  void everyPackage_saysWhatItIsFor() {
    List<String> without =
        NOVA.stream()
            .filter(c -> !c.getPackageName().startsWith("nova.testkit"))
            .map(JavaClass::getPackageName)
            .distinct()
            .filter(
                name -> NOVA.stream().noneMatch(c -> c.getName().equals(name + ".package-info")))
            .toList();
    assertThat(without).as("packages without package-info.java").isEmpty();
  }

  @Test
  void publicSealedHierarchies_areMatchedWithoutDefault() {
    // A sealed interface that anybody outside its package implements cannot exist; this guards the
    // other half, that hierarchies stay sealed.
    for (String name :
        Arrays.asList(
            "nova.core.StreamEvent", "nova.framelog.LogEntry", "nova.media.TrackFormat")) {
      assertThat(NOVA.get(name).getModifiers().contains(JavaModifier.ABSTRACT)).isTrue();
      assertThat(NOVA.get(name).reflect().isSealed()).as(name).isTrue();
    }
  }
}
