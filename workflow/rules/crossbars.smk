rule map_network:
    input:
        weights="results/networks/{network}/seed{seed}/weights.safetensors",
    output:
        conductances="results/crossbars/{network}/seed{seed}/conductances.safetensors",
        arrays="results/crossbars/{network}/seed{seed}/arrays.csv",
    log:
        "results/logs/map_network/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/map_network/{network}/seed{seed}.tsv"
    wildcard_constraints:
        network=one_of(ANALOG),
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=30),
    params:
        device=entry("{network}/device", NETWORKS),
        crossbar=entry("{network}/crossbar", NETWORKS),
        code=code_of("map_network"),
    script:
        "../../scripts/map_network.py"


rule evaluate_crossbars:
    input:
        conductances="results/crossbars/{network}/seed{seed}/conductances.safetensors",
        weights="results/networks/{network}/seed{seed}/weights.safetensors",
        dataset=entry("{network}/examples", NETWORKS),
    output:
        accuracy="results/crossbars/{network}/seed{seed}/accuracy.csv",
        correctness="results/crossbars/{network}/seed{seed}/correctness.safetensors",
    log:
        "results/logs/evaluate_crossbars/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/evaluate_crossbars/{network}/seed{seed}.tsv"
    wildcard_constraints:
        network=one_of(ANALOG),
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=120),
        gpu=GPU,
    params:
        device=entry("{network}/device", NETWORKS),
        evaluation=config["evaluation"],
        laws=entry("{network}/laws", NETWORKS),
        code=code_of("evaluate_crossbars"),
    script:
        "../../scripts/evaluate_crossbars.py"


rule count_confusions:
    input:
        conductances="results/crossbars/{network}/seed{seed}/conductances.safetensors",
        weights="results/networks/{network}/seed{seed}/weights.safetensors",
        dataset=entry("{network}/examples", NETWORKS),
    output:
        confusion="results/crossbars/{network}/seed{seed}/confusion.csv",
    log:
        "results/logs/count_confusions/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/count_confusions/{network}/seed{seed}.tsv"
    wildcard_constraints:
        network=one_of(ANALOG),
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=60),
        gpu=GPU,
    params:
        device=entry("{network}/device", NETWORKS),
        chips=config["confusions"]["chips"],
        laws=entry("{network}/laws", NETWORKS),
        code=code_of("count_confusions"),
    script:
        "../../scripts/count_confusions.py"


rule evaluate_variant:
    input:
        weights="results/networks/{network}/seed{seed}/weights.safetensors",
        dataset=entry("{network}/examples", NETWORKS),
    output:
        accuracy="results/variants/{variant}/{network}/seed{seed}/accuracy.csv",
        errors="results/variants/{variant}/{network}/seed{seed}/errors.csv",
    log:
        "results/logs/evaluate_variant/{variant}/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/evaluate_variant/{variant}/{network}/seed{seed}.tsv"
    wildcard_constraints:
        network=one_of(ANALOG),
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=120),
        gpu=GPU,
    params:
        variant=entry("{variant}/{network}/variant", HARDWARE),
        device=entry("{variant}/{network}/device", HARDWARE),
        device_name=entry("{variant}/{network}/device_name", HARDWARE),
        crossbar=entry("{variant}/{network}/crossbar", HARDWARE),
        laws=entry("{variant}/{network}/laws", HARDWARE),
        read_voltage_V=entry("{variant}/{network}/read_voltage_V", HARDWARE),
        code=code_of("evaluate_variant"),
    script:
        "../../scripts/evaluate_variant.py"


rule take_own:
    output:
        given="results/own/{own}/given.zip",
    log:
        "results/logs/take_own/{own}.log",
    benchmark:
        "results/benchmarks/take_own/{own}.tsv"
    priority: 1  # what is wrong with the network is told before data are fetched
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=30),
    params:
        own=own_network,
        files=own_files,
        crossbar=entry("{own}/crossbar", OWN),
        code=code_of("take_own"),
    script:
        "../../scripts/take_own.py"


rule tune_own:
    input:
        unpack(entry("{own}/inputs", OWN)),
    output:
        weights="results/own/{own}/weights.safetensors",
        history="results/own/{own}/history.csv",
    log:
        "results/logs/tune_own/{own}.log",
    benchmark:
        "results/benchmarks/tune_own/{own}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=600),
    params:
        own=entry("{own}/trained", OWN),
        device=entry("{own}/device", OWN),
        crossbar=entry("{own}/crossbar", OWN),
        laws=entry("{own}/laws", OWN),
        code=code_of("tune_own"),
    script:
        "../../scripts/tune_own.py"


rule map_own:
    input:
        unpack(entry("{own}/inputs_tuned", OWN)),
    output:
        conductances="results/own/{own}/conductances.safetensors",
        arrays="results/own/{own}/arrays.csv",
        layers="results/own/{own}/layers.csv",
        digital="results/own/{own}/digital.csv",
        accuracy="results/own/{own}/accuracy.csv",
        errors="results/own/{own}/errors.csv",
    log:
        "results/logs/map_own/{own}.log",
    benchmark:
        "results/benchmarks/map_own/{own}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=120),
    params:
        own=entry("{own}/own", OWN),
        device=entry("{own}/device", OWN),
        crossbar=entry("{own}/crossbar", OWN),
        laws=entry("{own}/laws", OWN),
        code=code_of("map_own"),
    script:
        "../../scripts/map_own.py"


rule compare_wires:
    input:
        conductances="results/crossbars/{network}/seed{seed}/conductances.safetensors",
    output:
        wires="results/crossbars/{network}/seed{seed}/wires.csv",
    log:
        "results/logs/compare_wires/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/compare_wires/{network}/seed{seed}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(4000, minutes=60),
    params:
        wire_ohm=config["wires"]["wire_ohm"],
        code=code_of("compare_wires"),
    script:
        "../../scripts/compare_wires.py"


rule export_conductances:
    input:
        conductances="results/crossbars/{network}/seed{seed}/conductances.safetensors",
    output:
        conductances="results/crossbars/{network}/seed{seed}/conductances.csv",
    log:
        "results/logs/export_conductances/{network}/seed{seed}.log",
    benchmark:
        "results/benchmarks/export_conductances/{network}/seed{seed}.tsv"
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=10),
    params:
        code=code_of("export_conductances"),
    script:
        "../../scripts/export_conductances.py"


rule export_netlist:
    input:
        conductances="results/crossbars/{network}/seed{seed}/conductances.safetensors",
    output:
        netlist="results/crossbars/{network}/seed{seed}/layer{layer}-array{array}.cir",
    log:
        "results/logs/export_netlist/{network}/seed{seed}-layer{layer}-array{array}.log",
    benchmark:
        "results/benchmarks/export_netlist/{network}/seed{seed}-layer{layer}-array{array}.tsv"
    wildcard_constraints:
        layer=r"\d+",
        array=r"\d+",
    conda:
        "../../envs/environment.yaml"
    resources:
        **need(2000, minutes=10),
    params:
        read_voltage_V=config["circuit"]["read_voltage_V"],
        wire_ohm=config["netlist"]["wire_ohm"],
        sinh_V=config["netlist"]["sinh_V"],
        code=code_of("export_netlist"),
    script:
        "../../scripts/export_netlist.py"
