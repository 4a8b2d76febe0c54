//! Components that no hand would write: too large, too many, too deep, too wide. Each is made anew from its name.

use wasm_encoder::{
    BlockType, CodeSection, Component, ComponentImportSection, ComponentTypeSection, ComponentValType, DataSection,
    EntityType, Function, FunctionSection, ImportSection, Instruction, MemorySection, MemoryType, Module,
    ModuleSection, NestedComponentSection, PrimitiveValType, RawSection, TypeSection, ValType,
};

/// The component of that name; none: there is none.
pub fn component(name: &str) -> Option<Vec<u8>> {
    Some(match name {
        "noise" => noise(),
        "too_large" => vec![0; (32 << 20) + 1],
        "huge_function" => of_function(&[], [], |code| {
            repeat(code, 400_000, &[Instruction::I32Const(0), Instruction::Drop]);
        }),
        "many_functions" => functions(160_000),
        "values_at_every_join" => joins(700, 1_000),
        "too_wide" => calls(1_000, 10),
        "values_in_every_call" => calls(60, 10_000),
        "values_in_every_block" => blocks(16, 2_000),
        "branches_to_everywhere" => branches(100_000, 30),
        "bulk_in_a_row" => bulk(40_000),
        "deep_blocks" => of_function(&[], [], |code| {
            repeat(code, 100_000, &[Instruction::Block(BlockType::Empty)]);
            repeat(code, 100_000, &[Instruction::End]);
        }),
        "deep_expression" => expression(100_000),
        "deep_components" => deep(1_000),
        "many_components" => many(1_000),
        "many_types" => types(250_000),
        "deep_types" => deep_types(200),
        "doubled_types" => doubled_types(40),
        "giant_name" => imports(&"a".repeat(150_000)),
        "name_that_moves_the_cursor" => core_import("\u{1b}]0;owned\u{7}\u{202e}eruces"),
        "declared_and_not_there" => declared(),
        "memory_of_everything" => memory(65_536),
        _ => return None,
    })
}

/// Bytes without a meaning, the same each time.
fn noise() -> Vec<u8> {
    let mut random = super::mutate::Random::new(0x9e37_79b9);
    (0..4096).map(|_| random.below(256) as u8).collect()
}

fn of_module(module: &Module) -> Vec<u8> {
    let mut component = Component::new();
    component.section(&ModuleSection(module));
    component.finish()
}

/// A component with one function of one type, whose block types are `more`.
fn of_function(
    locals: &[(u32, ValType)],
    more: impl IntoIterator<Item = (Vec<ValType>, Vec<ValType>)>,
    body: impl FnOnce(&mut Function),
) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    for (params, results) in more {
        types.ty().function(params, results);
    }
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
    let mut code = CodeSection::new();
    let mut function = Function::new(locals.iter().copied());
    body(&mut function);
    function.instruction(&Instruction::End);
    code.function(&function);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&code);
    of_module(&module)
}

/// So many functions that do nothing.
fn functions(count: u32) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    let mut empty = Function::new([]);
    empty.instruction(&Instruction::End);
    for _ in 0..count {
        functions.function(0);
        code.function(&empty);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    of_module(&module)
}

/// Every local lives across every loop, so the compiler holds each at each of them.
fn joins(locals: u32, loops: u32) -> Vec<u8> {
    of_function(&[(locals, ValType::I32)], [], |code| {
        let body = [Instruction::Loop(BlockType::Empty), Instruction::LocalGet(0), Instruction::BrIf(0)];
        repeat(code, loops, &[&body[..], &[Instruction::End]].concat());
        for local in 0..locals {
            repeat(code, 1, &[Instruction::LocalGet(local), Instruction::Drop]);
        }
    })
}

/// So many values.
fn values(width: usize) -> Vec<ValType> {
    vec![ValType::I32; width]
}

/// A call takes values and gives as many, and the next takes those.
fn calls(width: usize, count: u32) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function(values(width), values(width));
    let mut imports = ImportSection::new();
    imports.import("", "", EntityType::Function(0));
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    functions.function(0);
    let mut function = Function::new([]);
    for local in 0..width {
        function.instruction(&Instruction::LocalGet(local as u32));
    }
    for _ in 0..count {
        function.instruction(&Instruction::Call(0));
    }
    function.instruction(&Instruction::End);
    code.function(&function);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&code);
    of_module(&module)
}

/// A block takes values and gives as many, inside of another that does.
fn blocks(width: usize, count: u32) -> Vec<u8> {
    of_function(&[], [(values(width), values(width))], |code| {
        repeat(code, width as u32, &[Instruction::I32Const(0)]);
        repeat(code, count, &[Instruction::Loop(BlockType::FunctionType(1))]);
        repeat(code, count, &[Instruction::End]);
        repeat(code, width as u32, &[Instruction::Drop]);
    })
}

/// A table of branches, each of which carries values.
fn branches(targets: u32, width: u32) -> Vec<u8> {
    of_function(&[], [(Vec::new(), values(width as usize))], |code| {
        repeat(code, 2, &[Instruction::Block(BlockType::FunctionType(1))]);
        repeat(code, width + 1, &[Instruction::I32Const(0)]);
        let labels: Vec<u32> = (0..targets).map(|place| place % 2).collect();
        repeat(code, 1, &[Instruction::BrTable(labels.into(), 0), Instruction::End, Instruction::End]);
        repeat(code, width, &[Instruction::Drop]);
    })
}

/// One instruction after the other that works on whole regions.
fn bulk(count: u32) -> Vec<u8> {
    let nothing = Instruction::I32Const(0);
    let fill = [nothing.clone(), nothing.clone(), nothing, Instruction::MemoryFill(0)];
    of_function(&[], [], |code| repeat(code, count, &fill))
}

/// A sum of sums, as deep as there are summands.
fn expression(depth: u32) -> Vec<u8> {
    of_function(&[(1, ValType::I32)], [], |code| {
        repeat(code, depth, &[Instruction::LocalGet(0)]);
        repeat(code, depth - 1, &[Instruction::I32Add]);
        repeat(code, 1, &[Instruction::LocalSet(0)]);
    })
}

fn repeat(code: &mut Function, times: u32, instructions: &[Instruction<'_>]) {
    for _ in 0..times {
        for instruction in instructions {
            code.instruction(instruction);
        }
    }
}

/// A component in a component in a component.
fn deep(depth: u32) -> Vec<u8> {
    (0..depth).fold(Component::new().finish(), |inner, _| {
        let mut component = Component::new();
        // As it stands: the encoder would count the bytes of each level again.
        component.section(&RawSection { id: 4, data: &inner });
        component.finish()
    })
}

/// Components beside each other.
fn many(count: u32) -> Vec<u8> {
    let mut component = Component::new();
    (0..count).for_each(|_| {
        component.section(&NestedComponentSection(&Component::new()));
    });
    component.finish()
}

fn types(count: u32) -> Vec<u8> {
    let mut section = ComponentTypeSection::new();
    (0..count).for_each(|_| section.defined_type().list(PrimitiveValType::U8));
    typed(&section)
}

/// A list of lists of lists.
fn deep_types(depth: u32) -> Vec<u8> {
    let mut section = ComponentTypeSection::new();
    section.defined_type().list(PrimitiveValType::U8);
    (1..depth).for_each(|at| section.defined_type().list(ComponentValType::Type(at - 1)));
    typed(&section)
}

/// Each type twice in the next: small to write, and beyond all bounds to lay out.
fn doubled_types(times: u32) -> Vec<u8> {
    let mut section = ComponentTypeSection::new();
    section.defined_type().tuple([PrimitiveValType::U64; 2]);
    (1..times).for_each(|at| section.defined_type().tuple([ComponentValType::Type(at - 1); 2]));
    typed(&section)
}

fn typed(section: &ComponentTypeSection) -> Vec<u8> {
    let mut component = Component::new();
    component.section(section);
    component.finish()
}

fn imports(name: &str) -> Vec<u8> {
    let mut types = ComponentTypeSection::new();
    types.instance(&wasm_encoder::InstanceType::new());
    let mut imports = ComponentImportSection::new();
    imports.import(name, wasm_encoder::ComponentTypeRef::Instance(0));
    let mut component = Component::new();
    component.section(&types).section(&imports);
    component.finish()
}

/// A core module that wants something of that name, and is given nothing.
fn core_import(name: &str) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut wanted = ImportSection::new();
    wanted.import(name, name, EntityType::Function(0));
    let mut module = Module::new();
    module.section(&types).section(&wanted);
    let mut instances = wasm_encoder::InstanceSection::new();
    instances.instantiate(0, std::iter::empty::<(&str, wasm_encoder::ModuleArg)>());
    let mut component = Component::new();
    component.section(&ModuleSection(&module)).section(&instances);
    component.finish()
}

/// A segment of a hundred megabytes, of which one byte is there.
fn declared() -> Vec<u8> {
    let mut data = DataSection::new();
    data.passive([0]);
    let mut module = Module::new();
    module.section(&data);
    let mut bytes = of_module(&module);
    // The last two are the segment's length and its byte: a longer length, in the same place.
    bytes.truncate(bytes.len() - 2);
    bytes.extend([0x80, 0x80, 0x80, 0x32]);
    bytes
}

/// A memory that begins with so many pages.
fn memory(pages: u64) -> Vec<u8> {
    let mut memories = MemorySection::new();
    memories.memory(MemoryType { minimum: pages, maximum: None, memory64: false, shared: false, page_size_log2: None });
    let mut module = Module::new();
    module.section(&memories);
    of_module(&module)
}
